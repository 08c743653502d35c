/** One event of a stream. */
export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Cuts text into events, however it was split on the way. Source: HTML Living Standard, section 9.2.6. */
export class EventStreamParser {
  #rest = '';
  #id = '';
  #event = '';
  #data: string[] = [];

  /** The events that this piece of text completes. */
  push(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    // A carriage return at the very end may be the first half of a line end.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '') this.#readField(line);
      else if (this.#data.length > 0) events.push(this.#take());
      else this.#event = '';
    }
    return events;
  }

  #readField(line: string): void {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === 'data') this.#data.push(value);
    if (name === 'event') this.#event = value;
    if (name === 'id' && !value.includes('\0')) this.#id = value;
  }

  #take(): ServerSentEvent {
    const event = { id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') };
    this.#event = '';
    this.#data = [];
    return event;
  }
}

/** The events of a response's body, until it ends. Leaving the loop closes the connection. */
export async function* readServerSentEvents(response: Response): AsyncGenerator<ServerSentEvent> {
  if (!response.body) return;
  const parser = new EventStreamParser();
  const decoder = new TextDecoder();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
