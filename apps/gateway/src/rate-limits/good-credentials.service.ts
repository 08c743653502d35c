import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** How long a credential counts as good after it was, in milliseconds. */
const KEPT_FOR_MS = 300_000;
/** Credentials that are remembered; the oldest give way. */
const MAX_CREDENTIALS = 10_000;

/**
 * Remembers credentials that were good a moment ago, by their hash. Opens no door: it only lets a request come as far
 * as authentication when its address is over the limit.
 */
@Injectable()
export class GoodCredentials {
  readonly #until = new Map<string, number>();

  note(token: string | undefined, now = Date.now()): void {
    if (token === undefined) return;
    const key = hashOf(token);
    this.#until.delete(key);
    const [oldest] = this.#until.keys();
    if (oldest !== undefined && this.#until.size >= MAX_CREDENTIALS) this.#until.delete(oldest);
    this.#until.set(key, now + KEPT_FOR_MS);
  }

  has(token: string | undefined, now = Date.now()): boolean {
    return token !== undefined && (this.#until.get(hashOf(token)) ?? 0) > now;
  }

  /** A credential that was refused is good no more. */
  forget(token: string | undefined): void {
    if (token !== undefined) this.#until.delete(hashOf(token));
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
