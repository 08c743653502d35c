import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A span, as OTLP/HTTP brings it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
  /** The node that sent it. */
  readonly node: string;
}

interface Attributes {
  readonly attributes: ReceivedSpan['attributes'];
}
interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: Attributes;
    readonly scopeSpans: readonly { readonly spans: readonly Omit<ReceivedSpan, 'node'>[] }[];
  }[];
}

/** Takes traces over OTLP/HTTP, as a collector does. */
export class TraceReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly #server: HttpServer;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#receive(request).then(() => response.end('{}'));
    });
  }

  static async start(): Promise<TraceReceiver> {
    const receiver = new TraceReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The spans of the trace that a run belongs to, as soon as those with the names are there. */
  async traceOf(runId: string, names: readonly string[]): Promise<ReceivedSpan[]> {
    for (;;) {
      const run = this.spans.find((span) => span.name === 'run' && valueOf(span, 'run.id') === runId);
      const trace = this.spans.filter(({ traceId }) => traceId === run?.traceId);
      if (names.every((name) => trace.some((span) => span.name === name))) return trace;
      await delay(50);
    }
  }

  dispose(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #receive(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Exported;
    for (const { resource, scopeSpans } of resourceSpans) {
      const node = valueOf(resource, 'service.instance.id') ?? '';
      for (const { spans } of scopeSpans) this.spans.push(...spans.map((span) => ({ ...span, node })));
    }
  }
}

const valueOf = ({ attributes }: Attributes, wanted: string): string | undefined =>
  attributes.find(({ key }) => key === wanted)?.value.stringValue;
