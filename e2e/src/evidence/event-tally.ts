import type { ThreadEvent } from '@bulkhead/client';

const canaryPattern = /canary-[0-9a-f-]{36}/g;

/** What one user was sent, added up as it comes: a million events need not be kept to be judged. */
export class EventTally {
  count = 0;
  /** Of another thread, or with somebody else's secret in them. */
  misrouted = 0;
  /** With the user's own secret in them. */
  own = 0;
  /** Whose number is not the next one. */
  misplaced = 0;
  readonly #begun = new Set<string>();
  readonly #completed = new Map<string, number>();

  /** @param canary the user's secret */
  constructor(
    private readonly threadId: string,
    private readonly canary: string,
  ) {}

  add(event: ThreadEvent): void {
    this.count += 1;
    if (event.seq !== this.count) this.misplaced += 1;
    const named: readonly string[] = JSON.stringify(event).match(canaryPattern) ?? [];
    if (event.threadId !== this.threadId || named.some((canary) => canary !== this.canary)) {
      this.misrouted += 1;
    }
    if (named.includes(this.canary)) this.own += 1;
    if (event.type === 'tool_executing') this.#begun.add(`${event.runId} ${event.data.toolCallId}`);
    if (event.type === 'tool_completed') {
      const call = `${event.runId} ${event.data.toolCallId}`;
      this.#completed.set(call, (this.#completed.get(call) ?? 0) + 1);
    }
  }

  /** Tool calls that were announced and not completed once, or completed and not announced. */
  get unpaired(): number {
    const calls = [...new Set([...this.#begun, ...this.#completed.keys()])];
    return calls.filter((call) => !this.#begun.has(call) || this.#completed.get(call) !== 1).length;
  }
}
