import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK,
} from 'jose';
import { accessTokenForm } from './access-token.ts';

/** A key pair, its private part not encrypted yet. */
export interface StoredSigningKey {
  /** Thumbprint of the public key. Source: RFC 7638. */
  readonly keyId: string;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
}

/** A new Ed25519 key pair. Source: RFC 8037. */
export async function generateSigningKey(): Promise<StoredSigningKey> {
  const pair = await generateKeyPair(accessTokenForm.algorithm, { crv: 'Ed25519', extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  return {
    keyId: await calculateJwkThumbprint(publicJwk),
    publicJwk,
    privateJwk: await exportJWK(pair.privateKey),
  };
}

/** Reads a stored key; it can sign or verify, and not be exported again. */
export async function importKey(jwk: unknown): Promise<CryptoKey> {
  // Only a symmetric key is read as bytes, and importing under this algorithm refuses one.
  return (await importJWK(jwk as JWK, accessTokenForm.algorithm)) as CryptoKey;
}
