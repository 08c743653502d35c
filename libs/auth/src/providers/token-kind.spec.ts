import { assertAccessToken, type TokenType } from './token-kind.ts';

const strict: readonly TokenType[] = ['at+jwt'];
const relaxed: readonly TokenType[] = ['at+jwt', 'JWT'];
const access = { sub: 'ada', aud: 'bulkhead', scope: 'openid profile' };

describe('An access token', () => {
  it.each(['at+jwt', 'application/at+jwt', 'AT+JWT'])('says so by the type %s', (typ) => {
    expect(() => assertAccessToken({ typ }, { sub: 'ada' }, strict)).not.toThrow();
  });

  it.each([['JWT'], ['jwt'], ['application/jwt'], [undefined]])(
    'of type %j counts where the operator accepts that, and nowhere else',
    (typ?: string) => {
      const header = typ === undefined ? {} : { typ };
      expect(() => assertAccessToken(header, access, relaxed)).not.toThrow();
      expect(() => assertAccessToken(header, access, strict)).toThrow('not of a type that is accepted');
    },
  );

  it.each([
    ['RFC 9068', { client_id: 'web' }],
    ['Keycloak', { typ: 'Bearer', azp: 'web' }],
    ['Auth0', { scope: 'openid', azp: 'web' }],
    ['Entra ID', { scp: 'access' }],
    ['Okta', { cid: 'web' }],
    ['Cognito', { token_use: 'access', client_id: 'web' }],
  ])('of %s is known by its claims', (_who, claims) => {
    expect(() => assertAccessToken({ typ: 'JWT' }, claims, relaxed)).not.toThrow();
  });
});

describe('An ID token for the same audience', () => {
  it.each([
    ['with a nonce', { ...access, nonce: 'n' }],
    ['with the hash of an access token', { ...access, at_hash: 'h' }],
    ['with the hash of a code', { ...access, c_hash: 'h' }],
    ['of Keycloak', { ...access, typ: 'ID' }],
    ['of Cognito', { ...access, token_use: 'id' }],
    ['without anything that tells it from others', { sub: 'ada', aud: 'bulkhead', azp: 'bulkhead' }],
    ['that is a logout token', { ...access, events: {} }],
    ['that is a refresh token', { ...access, typ: 'Refresh' }],
  ])('is none, %s', (_how, claims) => {
    expect(() => assertAccessToken({ typ: 'JWT' }, claims, relaxed)).toThrow(TypeError);
  });

  it.each(['id_token+jwt', 'logout+jwt', 'dpop+jwt', ''])('of type "%s" is none anywhere', (typ) => {
    expect(() => assertAccessToken({ typ }, access, relaxed)).toThrow(TypeError);
  });
});
