import { sql } from 'drizzle-orm';
import { index, jsonb, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { authenticatorPolicy, bulkhead, ownerColumn, ownerPolicy } from './ownership.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** People who may sign in. */
export const accounts = bulkhead.table(
  'accounts',
  {
    userId: uuid('user_id').primaryKey(),
    email: text('email').notNull(),
    displayName: text('display_name').notNull(),
    /** Argon2id, in PHC string format. */
    passwordHash: text('password_hash').notNull(),
    roles: text('roles')
      .array()
      .notNull()
      .default(sql`'{user}'`),
    disabledAt: instant('disabled_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('accounts_email').on(sql`lower(${table.email})`),
    ownerPolicy(),
    authenticatorPolicy(),
  ],
);

/** One sign-in on one device: the family of its refresh tokens. */
export const sessions = bulkhead.table(
  'sessions',
  {
    sessionId: uuid('session_id').primaryKey(),
    userId: ownerColumn().references(() => accounts.userId, { onDelete: 'cascade' }),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
    /** Why it ended: `sign_out`, `refresh_token_reuse`. */
    revokedReason: text('revoked_reason'),
  },
  (table) => [index('sessions_user').on(table.userId), ownerPolicy(), authenticatorPolicy()],
);

/** Refresh tokens by hash; one that was used is kept, so that using it again is noticed. */
export const refreshTokens = bulkhead.table(
  'refresh_tokens',
  {
    /** SHA-256 of the token, hexadecimal. */
    tokenHash: text('token_hash').primaryKey(),
    sessionId: uuid('session_id')
      .notNull()
      .references(() => sessions.sessionId, { onDelete: 'cascade' }),
    userId: ownerColumn(),
    createdAt: instant('created_at').notNull().defaultNow(),
    usedAt: instant('used_at'),
  },
  (table) => [index('refresh_tokens_session').on(table.sessionId), ownerPolicy(), authenticatorPolicy()],
);

/** Keys that sign access tokens. Belongs to no user; only the authenticator may read it. */
export const signingKeys = bulkhead.table('signing_keys', {
  keyId: text('key_id').primaryKey(),
  publicJwk: jsonb('public_jwk').notNull(),
  privateJwk: jsonb('private_jwk').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  /** From then on it signs nothing new; it verifies until its last token has expired. */
  retiredAt: instant('retired_at'),
});
