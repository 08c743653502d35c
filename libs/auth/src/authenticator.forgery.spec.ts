import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import { UnauthenticatedError } from './auth.errors.ts';
import { generateSigningKey } from './tokens/signing-key.ts';
import { openTestAuth, type TestAuth } from './testing/index.ts';
import { base64url, openTokenForge, type TokenForge } from './testing/token-forge.ts';

let auth: TestAuth;
let token: string;
let forge: TokenForge;
let attacker: { publicKey: CryptoKey; privateKey: CryptoKey };
let retiredToken: string;

const now = () => Math.floor(Date.now() / 1000);
const parts = () => token.split('.') as [string, string, string];
const foreignHeader = async (parameter: string, value: unknown, key?: CryptoKey) =>
  forge.sign({ header: { [parameter]: value }, ...(key && { key }) });

beforeAll(async () => {
  auth = await openTestAuth();
  attacker = await generateKeyPair('EdDSA', { extractable: true });
  const { accessToken } = await auth.signUp();
  token = accessToken;
  forge = await openTokenForge(auth, token);
  const retired = await generateSigningKey();
  await auth.database.asAdmin((client) =>
    client.query(
      `insert into bulkhead.signing_keys (key_id, public_jwk, private_jwk, retired_at)
       values ($1, $2, $3, now() - interval '906 seconds')`,
      [retired.keyId, retired.publicJwk, retired.privateJwk],
    ),
  );
  retiredToken = await (await openTokenForge(auth, token, retired.keyId)).sign();
});
afterAll(() => auth.close());

describe('A token', () => {
  it('that the server signed is accepted, and so is an unchanged copy signed anew', async () => {
    expect((await auth.authenticator.authenticate(token)).roles).toEqual(['user']);
    expect((await auth.authenticator.authenticate(await forge.sign())).roles).toEqual(['user']);
  });
});

describe('A forged token is refused', () => {
  const forgeries: readonly (readonly [string, () => unknown])[] = [
    // Algorithm and key
    ['with alg none and no signature', () => `${base64url({ alg: 'none', typ: 'at+jwt' })}.${parts()[1]}.`],
    [
      'with alg none and the old signature',
      () => [base64url({ alg: 'none', typ: 'at+jwt', kid: forge.keyId }), parts()[1], parts()[2]].join('.'),
    ],
    [
      'with HS256 and the public key, as text, for a secret',
      () => forge.sign({ header: { alg: 'HS256' }, key: Buffer.from(JSON.stringify(forge.publicJwk)) }),
    ],
    [
      'with HS256 and the public key, as bytes, for a secret',
      () => forge.sign({ header: { alg: 'HS256' }, key: Buffer.from(forge.publicJwk.x ?? '', 'base64url') }),
    ],
    ['signed with a key of the same kind', () => forge.sign({ key: attacker.privateKey })],
    [
      'signed with ES256',
      async () => forge.sign({ header: { alg: 'ES256' }, key: (await generateKeyPair('ES256')).privateKey }),
    ],
    ['with an unknown kid', () => forge.sign({ header: { kid: 'unknown' } })],
    ['with a kid that is a path', () => forge.sign({ header: { kid: '../../dev/null' } })],
    ['with a kid that is SQL', () => forge.sign({ header: { kid: "' or '1'='1" } })],
    ['with a kid that is an inherited property', () => forge.sign({ header: { kid: '__proto__' } })],
    ['with a kid that is no text', () => forge.sign({ header: { kid: 1 } })],
    ['without a kid', () => forge.sign({ header: { kid: undefined } })],
    ['signed with a key whose time is over', () => retiredToken],
    [
      'that brings its own key in jwk',
      async () => foreignHeader('jwk', await exportJWK(attacker.publicKey), attacker.privateKey),
    ],
    [
      'that brings its own key in jwk, and no kid',
      async () =>
        forge.sign({
          header: { jwk: await exportJWK(attacker.publicKey), kid: undefined },
          key: attacker.privateKey,
        }),
    ],
    [
      'that points to keys in jku',
      () => foreignHeader('jku', 'https://evil.example/jwks', attacker.privateKey),
    ],
    ['that points to a certificate in x5u', () => foreignHeader('x5u', 'https://evil.example/cert')],
    ['that brings a certificate in x5c', () => foreignHeader('x5c', ['MIIB'])],
    ['that was signed with our key but carries a jku', () => foreignHeader('jku', 'https://evil.example')],
    [
      'with a critical extension',
      () => `${base64url({ alg: 'EdDSA', kid: forge.keyId, crit: ['exp'] })}.${parts()[1]}.${parts()[2]}`,
    ],

    // Header and claims, all signed with our own key
    ['of typ JWT', () => forge.sign({ header: { typ: 'JWT' } })],
    ['of typ id_token+jwt', () => forge.sign({ header: { typ: 'id_token+jwt' } })],
    ['without a typ', () => forge.sign({ header: { typ: undefined } })],
    ['of another issuer', () => forge.sign({ claims: { iss: 'urn:bulkhead:other' } })],
    ['without an issuer', () => forge.sign({ claims: { iss: undefined } })],
    ['for another audience', () => forge.sign({ claims: { aud: 'other' } })],
    ['without an audience', () => forge.sign({ claims: { aud: undefined } })],
    ['without sub', () => forge.sign({ claims: { sub: undefined } })],
    ['without sid', () => forge.sign({ claims: { sid: undefined } })],
    ['without exp', () => forge.sign({ claims: { exp: undefined } })],
    ['without iat', () => forge.sign({ claims: { iat: undefined } })],
    ['of a user who does not exist', () => forge.sign({ claims: { sub: randomUUID() } })],
    ['of a session that does not exist', () => forge.sign({ claims: { sid: randomUUID() } })],
    [
      "of another user's session",
      async () => forge.sign({ claims: { sub: (await auth.signUp()).user.userId } }),
    ],
    ['of a user id that is no id', () => forge.sign({ claims: { sub: "x' or true --" } })],
    ['of a session id that is no text', () => forge.sign({ claims: { sid: { $ne: null } } })],
    ['that expired a second ago', () => forge.sign({ claims: { exp: now() - 1 } })],
    ['that expired long ago', () => forge.sign({ claims: { exp: now() - 3_600, iat: now() - 3_700 } })],
    ['whose exp is text', () => forge.sign({ claims: { exp: '9999999999' } })],
    ['that is older than any can be', () => forge.sign({ claims: { iat: now() - 906, exp: now() + 60 } })],
    ['issued in the future', () => forge.sign({ claims: { iat: now() + 60, exp: now() + 120 } })],
    ['with nbf in the future', () => forge.sign({ claims: { nbf: now() + 60 } })],

    // Tampering
    [
      'with another payload under the old signature',
      async () => [parts()[0], base64url({ sub: (await auth.signUp()).user.userId }), parts()[2]].join('.'),
    ],
    ['with a changed signature', () => `${parts()[0]}.${parts()[1]}.${'A'.repeat(parts()[2].length)}`],
    ['without its signature', () => `${parts()[0]}.${parts()[1]}.`],
    ['without its header', () => `.${parts()[1]}.${parts()[2]}`],
    ['with a fourth part', () => `${token}.x`],
    ['with a NUL behind it', () => `${token}\0`],
    ['with a NUL in it', () => token.replace('.', '\0.')],
    ['with its scheme still in front', () => `Bearer ${token}`],
    ['with a payload that is no object', () => `${parts()[0]}.${base64url('[]')}.${parts()[2]}`],

    // Not a token at all
    ['that is empty', () => ''],
    ['that is blank', () => ' '],
    ['that is only dots', () => '..'],
    ['that is not a token', () => 'letmein'],
    ['that is a word in another script', () => '日本語.日本語.日本語'],
    ['that is very long', () => 'a'.repeat(1_000_000)],
    ['that is very long and begins well', () => `${token}${'A'.repeat(10_000)}`],
    ['that has very many parts', () => '.'.repeat(2_000)],
    ['that is undefined', () => undefined],
    ['that is null', () => null],
    ['that is a number', () => 1],
    ['that is true', () => true],
    ['that is an object', () => ({ userId: randomUUID(), roles: ['admin'] })],
    ['that is an object which reads as the token', () => ({ toString: () => token })],
    ['that is the token in a list', () => [token]],
    ['that is the token as bytes', () => Buffer.from(token)],
    ['that is a String object of the token', () => Object(token) as unknown],
  ];

  it.each(forgeries)('%s', async (_how, forgery) => {
    const credential = await forgery();
    const refusal = await auth.authenticator.authenticate(credential).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UnauthenticatedError);
    expect(refusal).toMatchObject({ code: 'unauthenticated', message: new UnauthenticatedError().message });
  });

  it('while the real one is accepted still', async () => {
    expect((await auth.authenticator.authenticate(token)).roles).toEqual(['user']);
  });
});
