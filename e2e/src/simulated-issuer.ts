import { createHmac, randomUUID } from 'node:crypto';

const LIFE_SECONDS = 600;
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs in people of whom the server knows nothing, as an OpenID provider would: real tokens, with a key of its own. */
export class SimulatedIssuer {
  readonly #key = `simulation ${randomUUID()} ${randomUUID()}`;

  /** What makes a server believe this issuer, and no other one. */
  get settings(): Readonly<Record<string, string>> {
    return { NODE_ENV: 'test', E2E_OAUTH_SIMULATION_KEY: this.#key };
  }

  /** A token that the server accepts. @param claims what is to be different about it */
  tokenFor(subject: string, roles: readonly string[] = ['user'], claims: object = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const input = [
      encode({ alg: 'HS256', typ: 'at+jwt' }),
      encode({
        iss: 'urn:bulkhead:e2e-simulation',
        aud: 'bulkhead',
        sub: subject,
        sid: `${subject} signed in`,
        jti: randomUUID(),
        roles,
        auth_time: now,
        iat: now,
        exp: now + LIFE_SECONDS,
        ...claims,
      }),
    ].join('.');
    return `${input}.${createHmac('sha256', this.#key).update(input).digest('base64url')}`;
  }
}
