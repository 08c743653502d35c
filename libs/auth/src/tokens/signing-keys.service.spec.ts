import { AccountTransactions } from '@bulkhead/persistence';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { AccountService } from '../accounts/account.service.ts';
import { UnauthenticatedError } from '../auth.errors.ts';
import { Authenticator } from '../authenticator.service.ts';
import { SigningKeys } from './signing-keys.service.ts';
import { openTestAuth, type TestAuth } from '../testing/index.ts';

let auth: TestAuth;

const keysOf = (node: TestAuth['node']) => node.get(SigningKeys, { strict: false });
const rotate = (node: TestAuth['node'], olderThanDays?: number) =>
  node.get(AccountTransactions, { strict: false }).run((db) => keysOf(node).rotate(db, olderThanDays));
const authenticatorOf = (node: TestAuth['node']) => node.get(Authenticator, { strict: false });
const keyIdOf = (token: string) => decodeProtectedHeader(token).kid;
const asAdmin = (sql: string, ...values: unknown[]) =>
  auth.database.asAdmin((client) => client.query<{ key_id: string }>(sql, values));
const currentKeys = async () =>
  (await asAdmin('select key_id from bulkhead.signing_keys where retired_at is null')).rows.map(
    ({ key_id }) => key_id,
  );

beforeAll(async () => {
  auth = await openTestAuth();
});
afterAll(() => auth.close());

describe('Signing keys', () => {
  it('are made once, however many nodes start on an empty database at once', async () => {
    const nodes = [auth.node, await auth.startNode(), await auth.startNode()];
    for (let round = 0; round < 5; round += 1) {
      await asAdmin('truncate bulkhead.signing_keys');
      await Promise.all([...nodes, ...nodes].map((node) => keysOf(node).onModuleInit()));
      expect(await currentKeys()).toHaveLength(1);
    }
  });

  it('survive a restart: a token signed before is good after', async () => {
    const first = await auth.startNode();
    const input = { email: 'ada@bulkhead.example', password: 'correct horse' };
    const { accessToken, user } = await first.get(AccountService, { strict: false }).signUp(input);
    await first.close();
    const restarted = await auth.startNode();
    expect((await authenticatorOf(restarted).authenticate(accessToken)).userId).toBe(user.userId);
    expect(await currentKeys()).toEqual([keyIdOf(accessToken)]);
  });

  it('are stored under the thumbprint of their public part, which holds nothing private', async () => {
    const { rows } = await auth.database.asAdmin((client) =>
      client.query('select * from bulkhead.signing_keys'),
    );
    expect(rows).toMatchObject([
      {
        key_id: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) as string,
        public_jwk: { kty: 'OKP', crv: 'Ed25519' },
        private_jwk: expect.stringMatching(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/) as string,
        retired_at: null,
      },
    ]);
    expect((rows as { public_jwk: object }[])[0]?.public_jwk).not.toHaveProperty('d');
  });
});

describe('Rotating the key', () => {
  it('leaves tokens good that were signed before, and signs the next with the new key', async () => {
    const before = await auth.signUp();
    const keyId = await rotate(auth.node);
    const after = await auth.accounts.refresh(before.refreshToken);
    expect(keyIdOf(before.accessToken)).not.toBe(keyId);
    expect(keyIdOf(after.accessToken)).toBe(keyId);
    for (const { accessToken } of [before, after]) {
      expect((await auth.authenticator.authenticate(accessToken)).userId).toBe(before.user.userId);
    }
  });

  it('reaches the other nodes: they sign with the new key, and verify what it signed', async () => {
    const other = await auth.startNode();
    const { accessToken, refreshToken } = await auth.signUp();
    await authenticatorOf(other).authenticate(accessToken);
    const keyId = await rotate(other);
    const next = await auth.accounts.refresh(refreshToken);
    expect(keyIdOf(next.accessToken)).toBe(keyId);
    expect((await authenticatorOf(other).authenticate(next.accessToken)).userId).toBe(next.user.userId);
  });

  it('ends the old key once its last token must have expired, on nodes that know it too', async () => {
    const { accessToken, user } = await auth.signUp();
    await rotate(auth.node);
    const retire = `update bulkhead.signing_keys set retired_at = now() - make_interval(secs => $2)
      where key_id = $1`;
    await asAdmin(retire, keyIdOf(accessToken), 895);
    expect((await auth.authenticator.authenticate(accessToken)).userId).toBe(user.userId);
    await asAdmin(retire, keyIdOf(accessToken), 906);
    await expect(auth.authenticator.authenticate(accessToken)).rejects.toThrow(UnauthenticatedError);
  });

  it('at the same time on several nodes leaves one current key', async () => {
    const nodes = [auth.node, await auth.startNode()];
    await Promise.all([...nodes, ...nodes, ...nodes].map((node) => rotate(node)));
    expect(await currentKeys()).toHaveLength(1);
  });

  it('takes a deleted key out of use at once', async () => {
    const { accessToken } = await auth.signUp();
    await auth.authenticator.authenticate(accessToken);
    await asAdmin('delete from bulkhead.signing_keys where key_id = $1', keyIdOf(accessToken));
    await expect(auth.authenticator.authenticate(accessToken)).rejects.toThrow(UnauthenticatedError);
  });
});

describe('An unknown key id', () => {
  it('makes the keys be read once per second at most, however many ask, and misses no new key', async () => {
    const node = await auth.startNode();
    const reads = jest.spyOn(node.get(AccountTransactions, { strict: false }), 'run');
    const keys = keysOf(node);
    expect(await keys.publicKey('made up')).toBeUndefined();
    const keyId = (await rotate(auth.node)) ?? '';
    const asked: Promise<unknown>[] = [];
    for (let times = 0; times < 30; times += 1) {
      asked.push(keys.publicKey(times === 20 ? keyId : `made up ${times}`));
      await sleep(5);
    }
    const found = await Promise.all(asked);
    expect(found.flatMap((key, index) => (key ? [index] : []))).toEqual([20]);
    await keys.publicKey(keyId);
    expect(reads).toHaveBeenCalledTimes(2);
  });

  it('is found by all who ask while the keys are being read', async () => {
    const [keyId = ''] = await currentKeys();
    const node = await auth.startNode();
    const reads = jest.spyOn(node.get(AccountTransactions, { strict: false }), 'run');
    const asked: Promise<unknown>[] = [];
    for (let times = 0; times < 20; times += 1) {
      asked.push(keysOf(node).publicKey(keyId));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(new Set(await Promise.all(asked)).size).toBe(1);
    expect(await asked[0]).toBeDefined();
    expect(reads).toHaveBeenCalledTimes(1);
  });
});
