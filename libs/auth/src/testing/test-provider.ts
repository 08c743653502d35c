import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';

const CLIENT_SECRET = 'a secret between a client and its provider';

/** A real OpenID provider on this machine, whose clients sign in as themselves. */
export interface TestProvider {
  readonly issuer: string;
  /** An access token for a resource, as the provider's token endpoint hands it out. */
  tokenFor(person: string, resource?: string): Promise<string>;
  /** The key that it signs with: an attacker's best case. */
  signingKey(): Promise<{ readonly key: CryptoKey; readonly keyId: string }>;
  /** Signs anything with the provider's own key. */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>, key?: CryptoKey): Promise<string>;
  /** Takes a new key; the old one is published no longer. */
  rotate(): Promise<void>;
  stop(): Promise<void>;
  startAgain(): Promise<void>;
}

/** @param people who may sign in, and their roles */
export async function openTestProvider(
  people: Readonly<Record<string, readonly string[]>>,
): Promise<TestProvider> {
  let key = await newKey();
  let { server, port } = await listen(0);
  const issuer = `http://127.0.0.1:${port}`;
  const serve = (): void => {
    const provider = new Provider(issuer, configuration(people, key));
    server.removeAllListeners('request');
    server.on('request', (request, response) => void provider.callback()(request, response));
  };
  const signingKey = async () => ({
    key: (await importJWK(key, 'RS256')) as CryptoKey,
    keyId: key.kid ?? '',
  });
  serve();
  return {
    issuer,
    signingKey,
    tokenFor: async (person, resource = 'urn:bulkhead:test') => {
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${person}:${encodeURIComponent(CLIENT_SECRET)}`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource }),
      });
      const answer = (await response.json()) as { access_token?: string };
      if (answer.access_token === undefined) throw new Error(JSON.stringify(answer));
      return answer.access_token;
    },
    sign: async (claims, header = {}, otherKey) => {
      const own = await signingKey();
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: own.keyId, ...header })
        .sign(otherKey ?? own.key);
    },
    rotate: async () => {
      key = await newKey();
      serve();
    },
    stop: () => close(server),
    startAgain: async () => {
      ({ server, port } = await listen(port));
      serve();
    },
  };
}

function configuration(people: Readonly<Record<string, readonly string[]>>, key: JWK): Configuration {
  return {
    jwks: { keys: [key] as NonNullable<Configuration['jwks']>['keys'] },
    clients: Object.keys(people).map((person) => ({
      client_id: person,
      client_secret: CLIENT_SECRET,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })),
    extraTokenClaims: (_context, token) => ({
      realm_access: { roles: people[String(token.clientId)] ?? [] },
      email: 'ada@bulkhead.example',
      name: 'Ada of the provider',
    }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          audience: resource,
          scope: '',
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  };
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), alg: 'RS256', use: 'sig' };
}

async function listen(port: number): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
