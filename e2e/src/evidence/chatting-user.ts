import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BulkheadClient,
  ConnectionError,
  isTerminal,
  ProblemError,
  type ThreadEvent,
  type TokenSource,
} from '@bulkhead/client';
import type { ThreadConnection } from '@bulkhead/client';
import type { Server } from '../server.ts';
import { EventTally } from './event-tally.ts';

/** A user of a node, with one live thread that keeps whatever comes, and a word that nobody else may ever see. */
export class ChattingUser {
  readonly canary = `canary-${randomUUID()}`;
  /** The note that each accepted run is asked to write, by run. */
  readonly accepted = new Map<string, string>();
  /** What came; empty for a user who keeps nothing. */
  readonly events: ThreadEvent[] = [];
  readonly tally: EventTally;
  /** Settles with the error that ended the events, if one did. */
  readonly reading: Promise<unknown>;
  readonly #ended = new Map<string, number>();
  readonly #watchers = new Set<() => void>();

  private constructor(
    readonly client: BulkheadClient,
    readonly thread: ThreadConnection,
    private readonly keepsEvents = true,
  ) {
    this.tally = new EventTally(thread.threadId, this.canary);
    this.reading = this.#read().catch((error: unknown) => error);
  }

  static async signUp(node: Pick<Server, 'url'>): Promise<ChattingUser> {
    const credentials = { email: `${randomUUID()}@bulkhead.example`, password: `horse ${randomUUID()}` };
    const client = await BulkheadClient.signUp(node.url, credentials);
    return new ChattingUser(client, await client.openThread({ afterSeq: 0 }));
  }

  /** A user whom an OpenID provider has signed in: no password is hashed, so that thousands can come. */
  static async withTokens(
    node: Pick<Server, 'url'>,
    tokens: TokenSource,
    { keepsEvents = true } = {},
  ): Promise<ChattingUser> {
    const client = await untilThereIsRoom(() => BulkheadClient.withTokens(node.url, tokens));
    const thread = await untilThereIsRoom(() => client.openThread({ afterSeq: 0 }));
    return new ChattingUser(client, thread, keepsEvents);
  }

  /** The same user in another thread. */
  async another(): Promise<ChattingUser> {
    return new ChattingUser(this.client, await this.client.openThread({ afterSeq: 0 }));
  }

  /** Signs up so many users, spread over the nodes. Hashing passwords is slow by design: a few at a time. */
  static async signUpMany(
    count: number,
    nodeOf: (index: number) => Pick<Server, 'url'>,
  ): Promise<ChattingUser[]> {
    const users: ChattingUser[] = [];
    const indices = Array.from({ length: count }, (_, index) => index).values();
    const worker = async (): Promise<void> => {
      for (const index of indices) users.push(await ChattingUser.signUp(nodeOf(index)));
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    return users;
  }

  /** How often each run has ended, by what its terminal events say. */
  get ended(): ReadonlyMap<string, number> {
    return this.#ended;
  }

  /** The accepted runs whose end has not arrived. */
  get open(): string[] {
    return [...this.accepted.keys()].filter((runId) => !this.#ended.has(runId));
  }

  /** Asks for a note with a text of its own. An answer that got lost counts as nothing promised. */
  async askForNote(): Promise<string | undefined> {
    const note = `${this.canary} ${randomUUID()}`;
    return this.ask(`/tool notes_add ${JSON.stringify({ text: note })}`, note);
  }

  /**
   * Sends a message; gives its run when the server has promised one. A server that says that it has stored nothing, and
   * to come back, is asked again.
   */
  async ask(content: string, note = ''): Promise<string | undefined> {
    for (;;) {
      try {
        const { runId } = await this.thread.send(content);
        this.accepted.set(runId, note);
        return runId;
      } catch (error) {
        if (error instanceof ConnectionError) return undefined;
        if (!(error instanceof ProblemError) || error.problem.status !== 503) throw error;
        if (error.problem.code === 'outcome_unknown') return undefined;
        await sleep((error.problem.retryAfterSeconds ?? 1) * 1_000);
      }
    }
  }

  /** Asks, waits for the end, thinks, and asks again, until told to stop. */
  async chat(stop: AbortSignal, thinkMs: number): Promise<void> {
    const pause = (): Promise<unknown> =>
      sleep(thinkMs * (0.5 + Math.random()), undefined, { signal: stop }).catch(() => undefined);
    await pause();
    while (!stop.aborted) {
      await this.askForNote();
      await this.untilAllEnded(stop);
      await pause();
    }
  }

  /** Settles when the end of every accepted run has arrived, or the signal says not to wait. */
  untilAllEnded(signal?: AbortSignal): Promise<void> {
    return this.#until(() => this.open.length === 0, signal);
  }

  /** Settles when so many events have arrived. */
  untilEvent(count: number): Promise<void> {
    return this.#until(() => this.tally.count >= count);
  }

  /** Looks again with each event. */
  async #until(isEnough: () => boolean, signal?: AbortSignal): Promise<void> {
    const isOver = (): boolean => isEnough() || signal?.aborted === true;
    if (isOver()) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!isOver()) return;
        this.#watchers.delete(look);
        signal?.removeEventListener('abort', look);
        resolve();
      };
      this.#watchers.add(look);
      signal?.addEventListener('abort', look);
    });
  }

  async #read(): Promise<void> {
    for await (const event of this.thread.events()) {
      this.tally.add(event);
      if (this.keepsEvents) this.events.push(event);
      if (isTerminal(event)) this.#ended.set(event.runId, (this.#ended.get(event.runId) ?? 0) + 1);
      for (const look of [...this.#watchers]) look();
    }
  }
}

/** A server that says that it is too busy, and when to come back, is asked again. */
async function untilThereIsRoom<R>(ask: () => Promise<R>): Promise<R> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 503) throw error;
      await sleep((error.problem.retryAfterSeconds ?? 1) * 1_000);
    }
  }
}
