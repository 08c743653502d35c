import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '../server.ts';
import type { ChattingUser } from './chatting-user.ts';
import type { Evidence } from './evidence.ts';
import { percentile } from './percentile.ts';

const PACE_MS = 100;
const ANSWER_TARGET_MS = 1_000;
/** Longer than any answer may take; only ever reached when something is wrong. */
const GIVE_UP_MS = 30_000;

interface Answer {
  readonly what: string;
  readonly status: number;
  readonly retryAfter: string | null;
  readonly tookMs: number;
}

/** What a user asks all nodes, a few times a second, and how it is answered. */
export class RequestsMeanwhile {
  readonly #answers: Answer[] = [];

  constructor(
    private readonly nodes: readonly Server[],
    private readonly user: ChattingUser,
  ) {}

  async during(durationMs: number): Promise<void> {
    const end = performance.now() + durationMs;
    const token = await this.user.client.accessToken();
    const { threadId } = this.user.thread;
    const asking: Promise<void>[] = [];
    while (performance.now() < end) {
      for (const { url } of this.nodes) {
        asking.push(
          this.#ask('GET', `${url}/v1/threads/${threadId}`, token),
          this.#ask('GET', `${url}/v1/runs`, token),
          this.#ask('POST', `${url}/v1/threads/${threadId}/messages`, token),
          this.#ask('GET', `${url}/health/ready`),
        );
      }
      await sleep(PACE_MS);
    }
    await Promise.all(asking);
  }

  report(evidence: Evidence): void {
    const wrong = this.#answers.filter(
      ({ status, retryAfter }) => status !== 503 || !(Number(retryAfter) > 0),
    );
    for (const { what, status, retryAfter } of wrong.slice(0, 5)) {
      evidence.log(`${what}: ${status}, Retry-After ${retryAfter}`);
    }
    evidence.check(
      'every request is answered 503 with Retry-After',
      this.#answers.length > 0 && wrong.length === 0,
      `${this.#answers.length - wrong.length} of ${this.#answers.length}`,
    );
    const times = this.#answers.map(({ tookMs }) => tookMs);
    const slowest = Math.max(...times);
    evidence.target(
      'within a second',
      slowest <= ANSWER_TARGET_MS,
      `median ${percentile(times, 50).toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms`,
    );
  }

  async #ask(method: string, url: string, token?: string): Promise<void> {
    const what = `${method} ${new URL(url).pathname}`;
    const startedAt = performance.now();
    try {
      const response = await this.#fetch(method, url, token);
      await response.arrayBuffer();
      const { status, headers } = response;
      const retryAfter = headers.get('retry-after');
      this.#answers.push({ what, status, retryAfter, tookMs: performance.now() - startedAt });
    } catch (error) {
      const { cause } = error as Error;
      const why = String(cause ?? error);
      this.#answers.push({ what: `${what}: ${why}`, status: 0, retryAfter: null, tookMs: 0 });
    }
  }

  #fetch(method: string, url: string, token?: string): Promise<Response> {
    return fetch(url, {
      method,
      signal: AbortSignal.timeout(GIVE_UP_MS),
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(method === 'POST' && { 'content-type': 'application/json' }),
      },
      ...(method === 'POST' && { body: JSON.stringify({ content: 'Is anybody there?' }) }),
    });
  }
}
