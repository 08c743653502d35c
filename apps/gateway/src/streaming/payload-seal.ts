import { createHmac, timingSafeEqual } from 'node:crypto';

/** Characters of a signature: 132 bits. */
const LENGTH = 22;

/**
 * Signs what nodes tell each other, where what is told counts by itself: any role of the database may notify, also the
 * one that executes SQL of agents.
 */
export class PayloadSeal {
  constructor(private readonly key: Buffer) {}

  close(payload: string): string {
    return `${this.#macOf(payload)} ${payload}`;
  }

  /** Undefined when it was not signed with this key. */
  open(text: string): string | undefined {
    const [mac, payload] = [text.slice(0, LENGTH), text.slice(LENGTH + 1)];
    const expected = this.#macOf(payload);
    if (text[LENGTH] !== ' ' || Buffer.byteLength(mac) !== expected.length) return undefined;
    return timingSafeEqual(Buffer.from(mac), Buffer.from(expected)) ? payload : undefined;
  }

  #macOf(payload: string): string {
    return createHmac('sha256', this.key).update(payload).digest('base64url').slice(0, LENGTH);
  }
}
