import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';
import { SigningKeyVault } from '../tokens/signing-key-vault.service.ts';
import type { TestAuth } from './test-auth.ts';

/** Signs what it is told to, with the server's own key unless told otherwise: an attacker's best case. */
export interface TokenForge {
  readonly keyId: string;
  readonly publicJwk: JWK;
  /** A copy of the real token with changes; a change to `undefined` takes the field away. */
  sign(changes?: {
    readonly claims?: Readonly<Record<string, unknown>>;
    readonly header?: Readonly<Record<string, unknown>>;
    readonly key?: CryptoKey | Uint8Array;
  }): Promise<string>;
}

export async function openTokenForge(
  auth: TestAuth,
  realToken: string,
  keyId: string = decodeProtectedHeader(realToken).kid ?? '',
): Promise<TokenForge> {
  const { publicJwk, ownKey } = await readKey(auth, keyId);
  return {
    keyId,
    publicJwk,
    sign: ({ claims, header, key = ownKey } = {}) => {
      const protectedHeader = { ...decodeProtectedHeader(realToken), kid: keyId, ...header };
      return new SignJWT({ ...decodeJwt(realToken), ...claims })
        .setProtectedHeader(protectedHeader as typeof protectedHeader & { alg: string })
        .sign(key);
    },
  };
}

async function readKey({ database, node }: TestAuth, keyId: string) {
  const { rows } = await database.asAdmin((client) =>
    client.query<{ public_jwk: JWK; private_jwk: unknown }>(
      'select public_jwk, private_jwk from bulkhead.signing_keys where key_id = $1',
      [keyId],
    ),
  );
  const row = rows[0];
  if (!row) throw new Error('The token was not signed by a key of this database.');
  const privateJwk = await node.get(SigningKeyVault, { strict: false }).open(row.private_jwk);
  if (!privateJwk) throw new Error('The key was stored with another secret.');
  return { publicJwk: row.public_jwk, ownKey: await importJWK(privateJwk, 'EdDSA') };
}

export const base64url = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
