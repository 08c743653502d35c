import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Another address of this machine than the one that floods come from. */
const ADDRESS = '127.0.0.2';
const PACE_MS = 20;

/** A user's requests at a steady pace, from an address of their own. */
export class HonestRequests {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** @returns milliseconds of each answer; of a request that was not answered with 200, Infinity */
  async during(work: Promise<unknown>): Promise<number[]> {
    const times: number[] = [];
    let isOver = false;
    const over = work.finally(() => (isOver = true));
    while (!isOver) {
      times.push(await this.#ask());
      await sleep(PACE_MS);
    }
    await over;
    return times;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #ask(): Promise<number> {
    const startedAt = performance.now();
    const asked = request(`${this.url}/v1/me`, {
      agent: this.#agent,
      localAddress: ADDRESS,
      headers: { authorization: `Bearer ${this.token}` },
    }).end();
    try {
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      await once(response.resume(), 'end');
      return response.statusCode === 200 ? performance.now() - startedAt : Infinity;
    } catch {
      return Infinity;
    }
  }
}
