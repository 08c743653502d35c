import { createHash, hkdfSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@bulkhead/persistence';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader, type JWK } from 'jose';
import { AUTH_OPTIONS, type AuthOptions } from '../auth.options.ts';

const KEY_BYTES = 32;
const KEY_ID_LENGTH = 16;
const form = { alg: 'dir', enc: 'A256GCM' } as const;

/**
 * Encrypts private signing keys with a secret that never reaches the database: whoever has a backup of it, or may only
 * read, can sign nothing. As compact JWE (RFC 7516), which names the secret it was made with.
 */
@Injectable()
export class SigningKeyVault {
  readonly #keys = new Map<string, Uint8Array>();
  readonly #currentId: string;

  constructor(
    database: Database,
    @Inject(AUTH_OPTIONS) { signingKeySecret, previousSigningKeySecrets = [] }: AuthOptions,
  ) {
    for (const secret of previousSigningKeySecrets) this.#add(secret);
    // Kept as well: a server that was given a secret later can still read what it stored before.
    this.#currentId = this.#add(database.deriveKey('signing keys'));
    if (signingKeySecret !== undefined) this.#currentId = this.#add(signingKeySecret);
  }

  /** What is stored instead of the private key. */
  seal(privateJwk: JWK): Promise<string> {
    return new CompactEncrypt(Buffer.from(JSON.stringify(privateJwk)))
      .setProtectedHeader({ ...form, kid: this.#currentId })
      .encrypt(this.#keys.get(this.#currentId) ?? new Uint8Array());
  }

  /** The private key; undefined when it was stored with a secret that is not known here. */
  async open(stored: unknown): Promise<JWK | undefined> {
    // Stored by a server from before there were secrets.
    if (typeof stored !== 'string') return stored as JWK;
    try {
      const { plaintext } = await compactDecrypt(stored, this.#keyOf(stored), {
        keyManagementAlgorithms: [form.alg],
        contentEncryptionAlgorithms: [form.enc],
      });
      return JSON.parse(Buffer.from(plaintext).toString()) as JWK;
    } catch {
      return undefined;
    }
  }

  /** Whether it is stored with the secret that is current. */
  isCurrent(stored: unknown): boolean {
    return typeof stored === 'string' && decodeProtectedHeader(stored).kid === this.#currentId;
  }

  #keyOf(stored: string): Uint8Array {
    const key = this.#keys.get(decodeProtectedHeader(stored).kid ?? '');
    if (!key) throw new Error('The secret is unknown.');
    return key;
  }

  #add(secret: string | Buffer): string {
    const key = new Uint8Array(hkdfSync('sha256', secret, '', 'bulkhead signing keys', KEY_BYTES));
    const id = createHash('sha256').update('key id').update(key).digest('hex').slice(0, KEY_ID_LENGTH);
    this.#keys.set(id, key);
    return id;
  }
}
