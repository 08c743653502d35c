import { setTimeout as sleep } from 'node:timers/promises';
import type { ChattingUser } from './chatting-user.ts';
import type { Evidence } from './evidence.ts';
import { percentile } from './percentile.ts';

/** How often the latencies of what has ended are summed up for the plots, in milliseconds. */
const WINDOW_MS = 5_000;

/** What a user does; each ends when its run has. */
const acts: readonly ((user: ChattingUser) => Promise<unknown>)[] = [
  (user) => user.askForNote(),
  (user) => user.ask('What is 6 * 7?'),
  (user) => user.ask('/say 50'),
  (user) => user.ask('/fail'),
  (user) => user.thread.send('').catch(() => undefined),
  async (user) => {
    const runId = await user.ask('/sleep 60000');
    if (runId !== undefined) await user.thread.cancel(runId);
  },
  async (user) => {
    const runId = await user.ask('/say 30');
    for await (const { type } of user.client.followRun(runId ?? '')) if (type === 'message_delta') break;
  },
  async (user) => {
    const other = await user.another();
    await other.ask('/say 20');
    await other.untilAllEnded();
    await other.thread.close();
  },
];

/** Everything that users do, all the time, and how long it takes. */
export class MixedLoad {
  /** Everybody who has been there; those who come and go have left. */
  readonly users: ChattingUser[] = [];
  readonly #latencies: { firstEvent: number[]; completion: number[] } = { firstEvent: [], completion: [] };

  constructor(
    private readonly evidence: Pick<Evidence, 'sample'>,
    /** Gives somebody new. */
    private readonly signUp: () => Promise<ChattingUser>,
  ) {}

  /** Settles when everybody has stopped after the signal, and nothing of theirs runs any more. */
  async run(count: number, thinkMs: number, stop: AbortSignal): Promise<void> {
    for (let index = 0; index < count; index += 1) this.users.push(await this.signUp());
    const window = setInterval(() => this.#sample(), WINDOW_MS);
    const crowd = [...this.users];
    await Promise.all([
      ...crowd.map((user, index) => this.#live(user, index, thinkMs, stop)),
      this.#comeAndGo(thinkMs, stop),
    ]);
    clearInterval(window);
    this.#sample();
  }

  async #live(user: ChattingUser, first: number, thinkMs: number, stop: AbortSignal): Promise<void> {
    for (let turn = first; !stop.aborted; turn += 1) {
      await this.#measure(user);
      await acts[turn % acts.length]?.(user);
      await user.untilAllEnded();
      await pause(thinkMs, stop);
    }
  }

  /** Somebody new every few moments, who leaves again. */
  async #comeAndGo(thinkMs: number, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const user = await this.signUp();
      this.users.push(user);
      await this.#measure(user);
      await user.thread.close();
      await pause(4 * thinkMs, stop);
    }
  }

  /** A short answer: from the request to its first event, and to its end. */
  async #measure(user: ChattingUser): Promise<void> {
    const [before, seen] = [performance.now(), user.events.length];
    const first = user.untilEvent(seen + 1).then(() => performance.now() - before);
    await user.ask('/say 5');
    await user.untilAllEnded();
    this.#latencies.completion.push(performance.now() - before);
    this.#latencies.firstEvent.push(await first);
  }

  #sample(): void {
    for (const [name, values] of [
      ['first event', this.#latencies.firstEvent],
      ['completion', this.#latencies.completion],
    ] as const) {
      if (values.length === 0) continue;
      this.evidence.sample(`${name}, p50 of 5 s, ms`, percentile(values, 50));
      this.evidence.sample(`${name}, p95 of 5 s, ms`, percentile(values, 95));
      values.length = 0;
    }
  }
}

const pause = (ms: number, stop: AbortSignal): Promise<unknown> =>
  sleep(ms * (0.5 + Math.random()), undefined, { signal: stop }).catch(() => undefined);
