import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { UnauthenticatedError } from '../auth.errors.ts';
import type { ProviderOptions } from '../auth.options.ts';
import { openTestAuth, type TestAuth } from '../testing/index.ts';
import { openTestProvider, type TestProvider } from '../testing/test-provider.ts';
import { base64url } from '../testing/token-forge.ts';

const SIMULATION_KEY = 'a key that only the end-to-end tests have';
const simulated: ProviderOptions = {
  issuer: 'urn:bulkhead:e2e-simulation',
  audience: 'bulkhead',
  algorithms: ['HS256'],
  rolesClaim: 'roles',
  roles: { user: 'user', admin: 'admin' },
  defaultRoles: [],
  clockToleranceSeconds: 5,
  secret: SIMULATION_KEY,
};

let provider: TestProvider;
let stranger: TestProvider;
let auth: TestAuth;
let attacker: { publicKey: CryptoKey; privateKey: CryptoKey };
let publicJwk: JWK;
let retired: string;

const now = () => Math.floor(Date.now() / 1000);
const claims = () => ({
  iss: provider.issuer,
  aud: 'urn:bulkhead:test',
  sub: 'ada',
  jti: randomUUID(),
  iat: now(),
  exp: now() + 300,
});
type Changes = Readonly<Record<string, unknown>>;
const signed = (changes: Changes = {}, header: Changes = {}, key?: CryptoKey) =>
  provider.sign({ ...claims(), ...changes }, header, key);
const simulation = (changes: Changes = {}, header: Changes = {}, key: string = SIMULATION_KEY) =>
  new SignJWT({ ...claims(), iss: simulated.issuer, aud: 'bulkhead', roles: ['user'], ...changes })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header })
    .sign(new TextEncoder().encode(key));
const partsOf = async () => (await signed()).split('.') as [string, string, string];
const authenticate = (credential: unknown) => auth.authenticator.authenticate(credential);

beforeAll(async () => {
  [provider, stranger] = [await openTestProvider({ ada: [] }), await openTestProvider({ ada: [] })];
  auth = await openTestAuth({
    providers: [
      {
        issuer: provider.issuer,
        audience: 'urn:bulkhead:test',
        algorithms: ['RS256'],
        roles: {},
        defaultRoles: ['user'],
        clockToleranceSeconds: 5,
      },
      simulated,
    ],
  });
  attacker = await generateKeyPair('RS256', { extractable: true });
  retired = await signed();
  await provider.rotate();
  const response = await fetch(`${provider.issuer}/jwks`);
  publicJwk = ((await response.json()) as { keys: JWK[] }).keys[0] ?? {};
});
afterAll(async () => {
  await Promise.all([provider.stop(), stranger.stop()]);
  await auth.close();
});

const forgeries: readonly (readonly [string, () => unknown])[] = [
  ['with alg none', async () => `${base64url({ alg: 'none', typ: 'at+jwt' })}.${(await partsOf())[1]}.`],
  [
    'with HS256 and the published key, as text, for a secret',
    () =>
      new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: publicJwk.kid ?? '' })
        .sign(Buffer.from(JSON.stringify(publicJwk))),
  ],
  [
    'with HS256 and the published modulus for a secret',
    () =>
      new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: publicJwk.kid ?? '' })
        .sign(Buffer.from(publicJwk.n ?? '', 'base64url')),
  ],
  [
    'with the secret of the simulation, in the name of the provider',
    () => simulation({ iss: provider.issuer }),
  ],
  [
    'in the name of the simulation, with the key of the provider',
    () => signed({ iss: simulated.issuer, aud: 'bulkhead' }),
  ],
  ['signed with another key of the same kind', () => signed({}, {}, attacker.privateKey)],
  [
    'with an algorithm that is not pinned',
    async () => signed({}, { alg: 'PS256' }, (await generateKeyPair('PS256')).privateKey),
  ],
  ['signed with a key that was rotated out', () => retired],
  ['with an unknown kid', () => signed({}, { kid: 'unknown' })],
  ['with a kid that is a path', () => signed({}, { kid: '../../dev/null' }, attacker.privateKey)],
  [
    'that brings its own key in jwk',
    async () => signed({}, { jwk: await exportJWK(attacker.publicKey) }, attacker.privateKey),
  ],
  ['that points to keys in jku', () => signed({}, { jku: 'https://evil.example/jwks' }, attacker.privateKey)],
  ['that points to a certificate in x5u', () => signed({}, { x5u: 'https://evil.example/cert' })],
  ['that brings a certificate in x5c', () => signed({}, { x5c: ['MIIB'] })],
  ['with a critical extension', () => signed({}, { crit: ['exp'], exp: 1 }).catch(() => 'x.y.z')],
  ['of typ id_token+jwt', () => signed({}, { typ: 'id_token+jwt' })],
  ['of typ logout+jwt', () => signed({}, { typ: 'logout+jwt' })],
  ['of typ dpop+jwt', () => signed({}, { typ: 'dpop+jwt' })],
  ['of typ JWT', () => signed({}, { typ: 'JWT' })],
  ['without a typ', () => signed({}, { typ: undefined })],
  ['of the simulation without a typ', () => simulation({}, { typ: undefined })],
  ['for another audience', () => signed({ aud: 'other' })],
  ['for a list of other audiences', () => signed({ aud: ['one', 'two'] })],
  ['for an audience that is a part of ours', () => signed({ aud: 'urn:bulkhead' })],
  ['without an audience', () => signed({ aud: undefined })],
  ['of another issuer, signed with its real key', () => stranger.tokenFor('ada')],
  ['of our issuer, signed by another', async () => stranger.sign({ ...claims() })],
  ['of our issuer with a slash behind it', () => signed({ iss: `${provider.issuer}/` })],
  ['of our issuer in a list', () => signed({ iss: [provider.issuer] })],
  ['without an issuer', () => signed({ iss: undefined })],
  ['without a subject', () => signed({ sub: undefined })],
  ['with an empty subject', () => signed({ sub: '' })],
  ['with a subject that is no text', () => signed({ sub: { $ne: null } })],
  ['with a subject that is very long', () => signed({ sub: 'a'.repeat(300) })],
  ['with a NUL in the subject', () => signed({ sub: 'ada\0' })],
  ['without iat', () => signed({ iat: undefined })],
  ['issued in the future', () => signed({ iat: now() + 60, exp: now() + 120 })],
  ['without exp', () => signed({ exp: undefined })],
  ['that expired a second ago', () => signed({ exp: now() - 1 })],
  ['whose exp is text', () => signed({ exp: '9999999999' })],
  ['that is older than any may be', () => signed({ iat: now() - 90_000 })],
  ['with nbf in the future', () => signed({ nbf: now() + 60 })],
  ['without its signature', async () => (await partsOf()).slice(0, 2).join('.') + '.'],
  [
    'with a changed payload',
    async () => {
      const [header, , signature] = await partsOf();
      return [header, base64url({ ...claims(), sub: 'eve' }), signature].join('.');
    },
  ],
  ['cut off', async () => (await signed()).slice(0, -10)],
  ['with a fourth part', async () => `${await signed()}.x`],
  ['with its scheme still in front', async () => `Bearer ${await signed()}`],
  ['in a list', async () => [await signed()]],
  ['that is very long', async () => `${await signed()}${'A'.repeat(20_000)}`],
  [
    'of the simulation with a wrong key',
    () => simulation({}, {}, 'another key of the very same length, or so'),
  ],
  ['of the simulation with the key cut off', () => simulation({}, {}, SIMULATION_KEY.slice(0, -1))],
  ['of the simulation that has expired', () => simulation({ exp: now() - 1 })],
  ['of the simulation for another audience', () => simulation({ aud: 'other' })],
  ['of the simulation with HS512', () => simulation({}, { alg: 'HS512' })],
  [
    'of the simulation without a signature',
    async () => (await simulation()).split('.').slice(0, 2).join('.') + '.',
  ],
];

describe('A forged token of a provider is refused', () => {
  it.each(forgeries)('%s', async (_how, forgery) => {
    const refusal = await authenticate(await forgery()).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UnauthenticatedError);
    expect(refusal).toMatchObject({ message: new UnauthenticatedError().message });
  });
});

describe('A token', () => {
  it('of the provider is accepted, before and after all forgeries, with every type that is an access token', async () => {
    await authenticate(await provider.tokenFor('ada'));
    for (const typ of ['at+jwt', 'application/at+jwt', 'AT+JWT']) {
      expect((await authenticate(await signed({}, { typ }))).roles).toEqual(['user']);
    }
    await authenticate(await signed({ aud: ['other', 'urn:bulkhead:test'] }));
  });

  it('of the simulated issuer passes the same door, with the roles that it claims', async () => {
    expect((await authenticate(await simulation())).roles).toEqual(['user']);
    const admin = await authenticate(await simulation({ sub: 'root', roles: ['user', 'admin'] }));
    expect(admin.hasPermission('admin:write')).toBe(true);
  });

  it('of the simulated issuer is nothing to a server that was not told of it', async () => {
    const plain = await openTestAuth();
    await expect(plain.authenticator.authenticate(await simulation())).rejects.toThrow(UnauthenticatedError);
    await plain.close();
  });
});
