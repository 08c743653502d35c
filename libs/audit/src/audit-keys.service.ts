import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { Database } from '@bulkhead/persistence';
import { AUDIT_OPTIONS, type AuditOptions } from './audit.options.ts';

/** A message authentication code, and the name of the key that made it. */
export interface Signature {
  readonly keyId: string;
  /** HMAC-SHA-256, hexadecimal. */
  readonly mac: string;
}

const KEY_ID_LENGTH = 16;
const derivedKey = /^[0-9a-f]{64}$/i;

/** Signs rows and seals with a key that never reaches the database, so that nobody there can make one up. */
@Injectable()
export class AuditKeys {
  readonly #keys = new Map<string, Buffer>();
  readonly #currentId: string;

  constructor(database: Database, @Optional() @Inject(AUDIT_OPTIONS) options: AuditOptions = {}) {
    const derived = database.deriveKey('audit log');
    for (const text of options.previousKeys ?? []) {
      this.#add(Buffer.from(text));
      // Some text may look like that, too; another key to verify with harms nothing.
      if (derivedKey.test(text)) this.#add(Buffer.from(text, 'hex'));
    }
    // Kept as well: a server that was given a key later can still verify what it signed before.
    this.#currentId = this.#add(derived);
    if (options.key !== undefined) this.#currentId = this.#add(Buffer.from(options.key));
  }

  /** Names of the keys that this process has, the one that signs first. */
  get ids(): readonly string[] {
    return [this.#currentId, ...[...this.#keys.keys()].filter((id) => id !== this.#currentId)];
  }

  sign(text: string): Signature {
    return { keyId: this.#currentId, mac: this.#macOf(this.#currentId, text) ?? '' };
  }

  /** False also for a key that is not known. */
  verify(text: string, { keyId, mac }: Signature): boolean {
    const expected = this.#macOf(keyId, text);
    return (
      expected !== undefined &&
      expected.length === mac.length &&
      timingSafeEqual(Buffer.from(expected), Buffer.from(mac))
    );
  }

  knows(keyId: string): boolean {
    return this.#keys.has(keyId);
  }

  #macOf(keyId: string, text: string): string | undefined {
    const key = this.#keys.get(keyId);
    return key && createHmac('sha256', key).update(text).digest('hex');
  }

  #add(key: Buffer): string {
    const id = createHash('sha256').update('key id').update(key).digest('hex').slice(0, KEY_ID_LENGTH);
    this.#keys.set(id, key);
    return id;
  }
}
