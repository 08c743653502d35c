import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { aContext } from '@bulkhead/user-context/testing';
import { decodeProtectedHeader } from 'jose';
import { AccountService } from '../accounts/account.service.ts';
import { Authenticator } from '../authenticator.service.ts';
import { generateSigningKey } from './signing-key.ts';
import { SigningKeyRotation } from './signing-key-rotation.service.ts';
import { SigningKeyVault } from './signing-key-vault.service.ts';
import { SigningKeys } from './signing-keys.service.ts';
import { openTestAuth, type TestAuth } from '../testing/index.ts';

let auth: TestAuth;

const asAdmin = <Row extends object>(sql: string, ...values: unknown[]) =>
  auth.database.asAdmin(async (client) => (await client.query<Row>(sql, values)).rows);
const storedKeys = () =>
  asAdmin<{ key_id: string; private_jwk: unknown; retired_at: Date | null }>(
    'select key_id, private_jwk, retired_at from bulkhead.signing_keys order by created_at',
  );
const currentIds = async () =>
  (await storedKeys()).filter(({ retired_at }) => !retired_at).map(({ key_id }) => key_id);
const rotationOf = (node: TestAuth['node']) => node.get(SigningKeyRotation, { strict: false });
const tokenFrom = async (node: TestAuth['node'], { email, password }: { email: string; password: string }) =>
  (await node.get(AccountService, { strict: false }).signIn({ email, password })).accessToken;
const warnings = async (work: () => Promise<unknown>) => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  await work();
  const said = warn.mock.calls.map(([text]) => String(text));
  warn.mockRestore();
  return said;
};
const secretOf = (letter: string) => ({ signingKeySecret: letter.repeat(32) });

beforeAll(async () => {
  auth = await openTestAuth();
});
beforeEach(async () => {
  await asAdmin('truncate bulkhead.signing_keys');
  await auth.node.get(SigningKeys, { strict: false }).onModuleInit();
});
afterAll(() => auth.close());

describe('What a thief of the database finds', () => {
  it('has no private key in it, also of a server that has stored it in clear before', async () => {
    const { keyId, publicJwk, privateJwk } = await generateSigningKey();
    await asAdmin('truncate bulkhead.signing_keys');
    await asAdmin(
      'insert into bulkhead.signing_keys (key_id, public_jwk, private_jwk) values ($1, $2, $3)',
      ...[keyId, publicJwk, privateJwk],
    );
    const said = await warnings(() => auth.startNode());
    expect(said).toEqual([expect.stringContaining('stored in clear until now')]);
    const stored = await storedKeys();
    expect(stored).toMatchObject([{ key_id: keyId, retired_at: null }]);
    expect(JSON.stringify(stored)).not.toContain(privateJwk.d);
    const { accessToken } = await auth.signUp();
    expect(decodeProtectedHeader(accessToken).kid).toBe(keyId);
    expect(await warnings(() => auth.startNode())).toEqual([]);
  });

  it('can be read with no other secret, nor when a bit of it was changed', async () => {
    const [key] = await storedKeys();
    const stranger = await auth.startNode(secretOf('x'));
    const vault = auth.node.get(SigningKeyVault, { strict: false });
    expect(await vault.open(key?.private_jwk)).toMatchObject({ kty: 'OKP', crv: 'Ed25519' });
    expect(await stranger.get(SigningKeyVault, { strict: false }).open(key?.private_jwk)).toBeDefined();
    const sealed = await stranger.get(SigningKeyVault, { strict: false }).seal({ kty: 'OKP', d: 'secret' });
    expect(await vault.open(sealed)).toBeUndefined();
    const own = await vault.seal({ kty: 'OKP', d: 'secret' });
    const middle = Math.floor(own.length / 2);
    const changed = own.slice(0, middle) + (own[middle] === 'A' ? 'B' : 'A') + own.slice(middle + 1);
    expect(await vault.open(changed)).toBeUndefined();
    expect(await vault.open('no JWE')).toBeUndefined();
  });
});

describe('A new secret', () => {
  it('takes over the keys of the one before, which is told to the server: no token ends', async () => {
    const person = await auth.signUp();
    const [keyId] = await currentIds();
    const first = await auth.startNode(secretOf('a'));
    expect(decodeProtectedHeader(await tokenFrom(first, person)).kid).toBe(keyId);
    const second = await auth.startNode({
      ...secretOf('b'),
      previousSigningKeySecrets: ['a'.repeat(32)],
    });
    expect(decodeProtectedHeader(await tokenFrom(second, person)).kid).toBe(keyId);
    await second.get(Authenticator, { strict: false }).authenticate(person.accessToken);
  });

  it('that can not read the key makes another: all nodes sign on, and verify what the others signed', async () => {
    const person = await auth.signUp();
    await auth.startNode(secretOf('a'));
    const said: string[] = [];
    let other = auth.node;
    said.push(...(await warnings(async () => (other = await auth.startNode(secretOf('b'))))));
    expect(said).toEqual([expect.stringContaining('SIGNING_KEY_PREVIOUS_SECRETS')]);
    const again = await auth.startNode(secretOf('a'));
    const tokens = [await tokenFrom(again, person), await tokenFrom(other, person), person.accessToken];
    for (const node of [auth.node, again, other]) {
      for (const token of tokens) await node.get(Authenticator, { strict: false }).authenticate(token);
    }
    expect(await currentIds()).toHaveLength(2);
  });
});

describe('The signing key', () => {
  const age = (days: number) =>
    asAdmin(`update bulkhead.signing_keys set created_at = now() - make_interval(days => $1)`, days);

  it('is changed on schedule, once over all nodes, and tokens from before stay good', async () => {
    const options = { signingKeyRotationDays: 30 };
    const nodes = [await auth.startNode(options), await auth.startNode(options)];
    const { accessToken, email, password } = await auth.signUp();
    const [before] = await currentIds();
    await age(29);
    for (const node of nodes) expect(await rotationOf(node).rotateWhenDue()).toBeUndefined();
    await age(31);
    const due = [...nodes, ...nodes].map((node) => rotationOf(node).rotateWhenDue());
    const made = (await Promise.all(due)).filter(Boolean);
    expect(made).toEqual(await currentIds());
    expect(made).not.toEqual([before]);
    const fresh = await tokenFrom(auth.node, { email, password });
    expect(decodeProtectedHeader(fresh).kid).toBe(made[0]);
    for (const token of [accessToken, fresh]) {
      for (const node of nodes) await node.get(Authenticator, { strict: false }).authenticate(token);
    }
    expect(
      await asAdmin(`select details from bulkhead.audit_log where details->>'keyId' = $1`, made[0]),
    ).toEqual([{ details: { keyId: made[0], reason: 'schedule' } }]);
  });

  it('is changed at a start that is late, and never where the schedule is off', async () => {
    await age(400);
    const [before] = await currentIds();
    await auth.startNode({ signingKeyRotationDays: 0 });
    expect(await currentIds()).toEqual([before]);
    await auth.startNode({ signingKeyRotationDays: 30 });
    expect(await currentIds()).not.toEqual([before]);
  });

  it('is changed by an administrator who signed in a moment ago, and by nobody else', async () => {
    const { accessToken, user } = await auth.signUp();
    const identity = await auth.authenticator.authenticate(accessToken);
    const actor = aContext(identity).build();
    const keyId = await rotationOf(auth.node).rotate(actor);
    expect(await currentIds()).toEqual([keyId]);
    expect(
      await asAdmin(`select action, details from bulkhead.audit_log where user_id = $1`, user.userId),
    ).toContainEqual({ action: 'signing_key.rotated', details: { keyId, reason: 'administrator' } });
    await asAdmin(`update bulkhead.sessions set signed_in_at = now() - interval '11 minutes'`);
    await expect(rotationOf(auth.node).rotate(actor)).rejects.toMatchObject({
      code: 'recent_sign_in_required',
    });
    expect(await currentIds()).toEqual([keyId]);
  });
});
