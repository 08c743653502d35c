import { sql } from 'drizzle-orm';
import { check, index, jsonb, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { administratorPolicy, authenticatorPolicy, bulkhead, ownerColumn, ownerPolicy } from './ownership.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** People who may sign in. */
export const accounts = bulkhead.table(
  'accounts',
  {
    userId: uuid('user_id').primaryKey(),
    /** Who vouches for the user: `local` for accounts with a password, otherwise the URL of an OpenID provider. */
    issuer: text('issuer').notNull().default('local'),
    /** The user's id at that provider; null for local accounts. */
    subject: text('subject'),
    /** Names a local account, and only that: what a provider says about email links nothing. */
    email: text('email'),
    displayName: text('display_name').notNull(),
    /** Argon2id, in PHC string format; local accounts only. */
    passwordHash: text('password_hash'),
    roles: text('roles')
      .array()
      .notNull()
      .default(sql`'{user}'`),
    /** When the provider said so, if it is the provider that says which roles a user has. */
    rolesAsOf: instant('roles_as_of'),
    disabledAt: instant('disabled_at'),
    /** A provider's tokens count only when they were issued later: set when the account is disabled. */
    tokensValidAfter: instant('tokens_valid_after'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('accounts_email')
      .on(sql`lower(${table.email})`)
      .where(sql`issuer = 'local'`),
    uniqueIndex('accounts_subject').on(table.issuer, table.subject),
    index('accounts_newest').on(table.createdAt, table.userId),
    check(
      'accounts_kind',
      sql`case when issuer = 'local' then email is not null and password_hash is not null and subject is null
               else password_hash is null and subject is not null end`,
    ),
    ownerPolicy(),
    authenticatorPolicy(),
    administratorPolicy(),
  ],
);

/** What credentials stand on: a sign-in on a device, an API key, or a sign-in at an OpenID provider. */
export const sessions = bulkhead.table(
  'sessions',
  {
    sessionId: uuid('session_id').primaryKey(),
    userId: ownerColumn().references(() => accounts.userId, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['sign_in', 'api_key', 'provider'] })
      .notNull()
      .default('sign_in'),
    /** What the client called itself when it signed in. */
    userAgent: text('user_agent'),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** When the user last proved who they are, as opposed to a program or a refresh; null when nobody knows. */
    signedInAt: instant('signed_in_at'),
    /** Written at most once a minute. */
    lastUsedAt: instant('last_used_at'),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
    /** Why it ended: `sign_out`, `refresh_token_reuse`, `ended_by_user`, `ended_by_admin`, `account_disabled`. */
    revokedReason: text('revoked_reason'),
  },
  (table) => [
    index('sessions_user').on(table.userId),
    index('sessions_end').on(table.expiresAt),
    ownerPolicy(),
    authenticatorPolicy(),
    administratorPolicy(),
  ],
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
    /** Makes the successor, together with the token itself; hexadecimal. */
    successorSalt: text('successor_salt'),
  },
  (table) => [index('refresh_tokens_session').on(table.sessionId), ownerPolicy(), authenticatorPolicy()],
);

/** Keys that programs authenticate with; each is a session of its kind, and ends with it. */
export const apiKeys = bulkhead.table(
  'api_keys',
  {
    sessionId: uuid('session_id')
      .primaryKey()
      .references(() => sessions.sessionId, { onDelete: 'cascade' }),
    userId: ownerColumn(),
    name: text('name').notNull(),
    /** SHA-256 of the secret, hexadecimal. */
    secretHash: text('secret_hash').notNull(),
    /** What it may do at most: the account must be permitted too. */
    permissions: text('permissions').array().notNull(),
  },
  (table) => [index('api_keys_user').on(table.userId), ownerPolicy(), authenticatorPolicy()],
);

/** Users of providers whose account was deleted: the provider's word alone must not bring it back. */
export const removedSubjects = bulkhead.table(
  'removed_subjects',
  {
    issuer: text('issuer').notNull(),
    /** SHA-256 of the subject, hexadecimal. */
    subjectHash: text('subject_hash').notNull(),
    removedAt: instant('removed_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.issuer, table.subjectHash] })],
);

/** Keys that sign access tokens. Belongs to no user; only the authenticator may read it. */
export const signingKeys = bulkhead.table('signing_keys', {
  keyId: text('key_id').primaryKey(),
  publicJwk: jsonb('public_jwk').notNull(),
  /** A JWE (RFC 7516) as a JSON string, under a key that is not in the database; a plain JWK until a server has read it. */
  privateJwk: jsonb('private_jwk').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  /** From then on it signs nothing new; it verifies until its last token has expired. */
  retiredAt: instant('retired_at'),
});
