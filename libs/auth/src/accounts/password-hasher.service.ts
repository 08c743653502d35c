import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { hash, verify, type Algorithm } from '@node-rs/argon2';
import { normalisePassword } from './account-rules.ts';
import { HashingQueue, type PasswordOrigin } from './hashing-queue.ts';

/** Argon2id with 19 MiB and two passes. Source: OWASP Password Storage Cheat Sheet; RFC 9106. */
const parameters = {
  // The enum's value: an ambient const enum can't be imported by a compiler that sees one file at a time.
  algorithm: 2 as Algorithm.Argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
  outputLen: 32,
};
const SALT_BYTES = 16;
const encode = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');

/**
 * Two at once leave half of the four threads that name lookups, files and signatures share; on a machine of two cores
 * one at a time, which leaves the other core to the event loop.
 */
export const HASHES_AT_ONCE = Math.max(1, Math.min(2, availableParallelism() - 1));

/** Hashes passwords on the native thread pool, never on the event loop, when it is their turn. */
@Injectable()
export class PasswordHasher {
  readonly #queue = new HashingQueue(HASHES_AT_ONCE);

  /** In the form of every stored hash, so that verifying it is the same work; no password is known to match it. */
  readonly #decoy = [
    '$argon2id$v=19',
    `m=${parameters.memoryCost},t=${parameters.timeCost},p=${parameters.parallelism}`,
    encode(randomBytes(SALT_BYTES)),
    encode(randomBytes(parameters.outputLen)),
  ].join('$');

  /**
   * @returns the hash in PHC string format
   * @throws SignInBusyError when too many are waiting
   */
  hash(password: string, origin?: PasswordOrigin): Promise<string> {
    return this.#queue.run(() => hash(normalisePassword(password), parameters), origin);
  }

  /**
   * Without a stored hash, or with one that is no password's, it does the same work and says no.
   * @throws SignInBusyError when too many are waiting
   */
  verify(stored: string | null | undefined, password: string, origin?: PasswordOrigin): Promise<boolean> {
    const against = stored?.startsWith('$argon2id$') ? stored : this.#decoy;
    return this.#queue.run(() => verify(against, normalisePassword(password)), origin);
  }
}
