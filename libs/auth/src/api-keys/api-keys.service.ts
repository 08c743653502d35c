import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '@bulkhead/audit';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { AccountTransactions, apiKeys, sessions } from '@bulkhead/persistence';
import { Identity } from '@bulkhead/user-context';
import { and, count, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import { assertRecentSignIn, holdAccount } from '../accounts/account-hold.ts';
import { InvalidAccountError, TooManyApiKeysError, UnauthenticatedError } from '../auth.errors.ts';
import { apiKeyPermissions, isAdministration, permissionsOf } from '../permissions.ts';
import { newApiKey } from './api-key.ts';

/** API keys that are good at the same time, per user. */
export const MAX_API_KEYS = 100;

export interface ApiKeyInput {
  /** What its owner calls it. */
  readonly name: string;
  /** What it may do, as long as its owner may. */
  readonly permissions: readonly string[];
  /** 1 to 365. */
  readonly expiresInDays: number;
}

/** A key without its secret, which nobody sees a second time. */
export interface ApiKey {
  readonly keyId: string;
  readonly name: string;
  readonly permissions: readonly string[];
  /** ISO 8601, UTC; so are the others. */
  readonly createdAt: string;
  /** Null until it is used; at most a minute old. */
  readonly lastUsedAt: string | null;
  readonly expiresAt: string;
}

const columns = {
  keyId: apiKeys.sessionId,
  name: apiKeys.name,
  permissions: apiKeys.permissions,
  createdAt: sessions.createdAt,
  lastUsedAt: sessions.lastUsedAt,
  expiresAt: sessions.expiresAt,
} as const;

/** The keys that users make for their programs. Each is a session of its own, and ends as one. */
@Injectable()
export class ApiKeys {
  constructor(
    private readonly transactions: AccountTransactions,
    private readonly audit: AuditLog,
  ) {}

  /**
   * @returns the key and its text, for this one time
   * @throws InvalidAccountError naming the field, TooManyApiKeysError; RecentSignInRequiredError when it is to administer
   */
  async create(identity: Identity, input: ApiKeyInput): Promise<ApiKey & { readonly key: string }> {
    const { userId } = Identity.verify(identity);
    const permissions = [...new Set(input.permissions)];
    const isGrantable = (permission: string): boolean =>
      apiKeyPermissions.includes(permission) && identity.hasPermission(permission);
    if (permissions.length === 0 || !permissions.every(isGrantable)) {
      throw new InvalidAccountError('permissions', 'must be some of your own, without account:own');
    }
    const keyId = randomUUID();
    const { text, secretHash } = newApiKey(keyId);
    return this.transactions.run(async (db) => {
      const { roles } = await holdAccount(db, userId);
      const held = permissionsOf(roles);
      if (!permissions.every((permission) => held.includes(permission))) throw new UnauthenticatedError();
      if (permissions.some(isAdministration)) await assertRecentSignIn(db, identity);
      const [open] = await db.select({ keys: count() }).from(sessions).where(isOpenKeyOf(userId));
      if ((open?.keys ?? 0) >= MAX_API_KEYS) throw new TooManyApiKeysError(MAX_API_KEYS);
      const expiresAt = sql`now() + make_interval(days => ${input.expiresInDays})`;
      await db.insert(sessions).values({ sessionId: keyId, userId, kind: 'api_key', expiresAt });
      await db
        .insert(apiKeys)
        .values({ sessionId: keyId, userId, name: input.name, secretHash, permissions });
      const [row] = await db
        .select(columns)
        .from(apiKeys)
        .innerJoin(sessions, eq(sessions.sessionId, apiKeys.sessionId))
        .where(eq(apiKeys.sessionId, keyId));
      if (!row) throw new ResourceNotFoundError('API key');
      await this.audit.appendAs(db, userId, 'api_key.created', { keyId, permissions });
      return { ...toApiKey(row), key: text };
    });
  }

  /** Those that are good still, newest first. */
  async list(identity: Identity): Promise<ApiKey[]> {
    const { userId } = Identity.verify(identity);
    const rows = await this.transactions.run((db) =>
      db
        .select(columns)
        .from(apiKeys)
        .innerJoin(sessions, eq(sessions.sessionId, apiKeys.sessionId))
        .where(isOpenKeyOf(userId))
        .orderBy(desc(sessions.createdAt), desc(sessions.sessionId)),
    );
    return rows.map(toApiKey);
  }

  /** Ends a key, on every node within a moment. @throws ResourceNotFoundError for a foreign and an absent one alike */
  async revoke(identity: Identity, keyId: string): Promise<void> {
    const { userId } = Identity.verify(identity);
    await this.transactions.run(async (db) => {
      const ended = await db
        .update(sessions)
        .set({ revokedAt: sql`now()`, revokedReason: 'ended_by_user' })
        .where(and(eq(sessions.sessionId, keyId), isOpenKeyOf(userId)))
        .returning({ keyId: sessions.sessionId });
      if (ended.length === 0) throw new ResourceNotFoundError('API key');
      await this.audit.appendAs(db, userId, 'api_key.revoked', { keyId });
    });
  }
}

const isOpenKeyOf = (userId: string) =>
  and(
    eq(sessions.userId, userId),
    eq(sessions.kind, 'api_key'),
    isNull(sessions.revokedAt),
    gt(sessions.expiresAt, sql`now()`),
  );

interface Row {
  readonly keyId: string;
  readonly name: string;
  readonly permissions: string[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date;
}

const toApiKey = ({ createdAt, lastUsedAt, expiresAt, ...key }: Row): ApiKey => ({
  ...key,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
  expiresAt: expiresAt.toISOString(),
});
