import type { UserEventEmitter } from '@bulkhead/events';

/**
 * Emits a model's text as it comes. The first piece goes out at once; what arrives while one batch is being stored
 * is stored together as the next, so the model is never slowed and the database never flooded.
 */
export class TextStream {
  #pending: string[] = [];
  /** The first half of a character that a model cut in two: by itself it can't be stored. */
  #half = '';
  #batch = 0;
  #flushing: Promise<void> | undefined;
  #failure: unknown;

  constructor(
    private readonly emitter: Pick<UserEventEmitter, 'emit'>,
    private readonly agentName: string,
    private readonly step: number,
    /** Prefix of the batches' keys, unique within the run. */
    private readonly key: string,
  ) {}

  /** @throws what storing an earlier piece threw */
  push(text: string): void {
    if (this.#failure) throw this.#failure as Error;
    const all = this.#half + text;
    const end = /[\uD800-\uDBFF]$/.test(all) ? all.length - 1 : all.length;
    this.#half = all.slice(end);
    this.#add(all.slice(0, end));
  }

  /** Settles when everything pushed is stored; nothing may be pushed after it. @throws what storing threw */
  async end(): Promise<void> {
    this.#add(this.#half);
    await this.#flushing;
    if (this.#failure) throw this.#failure as Error;
  }

  #add(text: string): void {
    if (text === '' || this.#failure) return;
    this.#pending.push(text);
    this.#flushing ??= this.#flush();
  }

  async #flush(): Promise<void> {
    try {
      while (this.#pending.length > 0) {
        const texts = this.#pending;
        this.#pending = [];
        await this.emitter.emit({
          agentName: this.agentName,
          key: `${this.key}:text:${++this.#batch}`,
          events: texts.map((text) => ({ type: 'message_delta', data: { step: this.step, text } })),
        });
      }
    } catch (error) {
      this.#failure = error;
    } finally {
      this.#flushing = undefined;
    }
  }
}
