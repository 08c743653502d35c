import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceRules } from './service-rules.ts';

/** What the server tells a model: as far as a script needs it. */
export interface ModelRequest {
  /** The newest message of the user. */
  readonly question: string;
  /** Answers of the model since then. */
  readonly step: number;
  /** Names of the tools on offer. */
  readonly offered: readonly string[];
  /** Everything, as it came. */
  readonly text: string;
  /** Aborts when the server hangs up before the answer's end. */
  readonly hungUp: AbortSignal;
}

/** A tool call as a model writes it: the arguments are text, whatever is in it. */
export interface WrittenCall {
  readonly name: string;
  readonly arguments: string;
}

/** What a model answers: a text, words as they come to it, calls, or an event stream as it is. */
export type ScriptedReply =
  | { readonly text: string }
  | { readonly words: AsyncIterable<string> }
  | { readonly calls: readonly WrittenCall[] }
  | { readonly frames: readonly string[] };

interface WireMessage {
  readonly role: string;
  readonly content?: unknown;
}

/** Whose rules a request is held to: the strictest about names, and about turns. */
const SERVICES = ['openai', 'llama.cpp'];

/**
 * A provider of models that speaks the wire format of OpenAI's chat completions, streamed, and says what a script
 * wants. It keeps every request, and refuses what such a service refuses.
 */
export class ScriptedProvider {
  readonly requests: ModelRequest[] = [];
  /** What it said to those that broke a rule. */
  readonly refusals: string[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  #rules: ServiceRules | undefined;

  constructor(private readonly script: (request: ModelRequest) => ScriptedReply | Promise<ScriptedReply>) {}

  /** Event streams as services once sent them, a list of frames each. */
  get recordings(): readonly (readonly string[])[] {
    return this.#rules?.recordings ?? [];
  }

  /** @returns settings that let a server use it as `openai-compatible` */
  async listen(): Promise<Record<string, string>> {
    this.#rules = await ServiceRules.start();
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const { port } = this.#server.address() as AddressInfo;
    return { OPENAI_COMPATIBLE_BASE_URL: `http://127.0.0.1:${port}/v1` };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
    await this.#rules?.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const hangUp = new AbortController();
    response.once('close', () => response.writableFinished || hangUp.abort());
    const text = Buffer.concat(pieces).toString();
    const asked = { ...read(text), hungUp: hangUp.signal };
    this.requests.push(asked);
    const refusal = await this.#rules?.refusalOf(SERVICES, JSON.parse(text));
    if (refusal) {
      this.refusals.push(JSON.stringify(refusal.body));
      response.writeHead(refusal.status, { 'content-type': 'application/json' });
      return void response.end(JSON.stringify(refusal.body));
    }
    const reply = await this.script(asked);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if ('frames' in reply) return void response.end(reply.frames.join(''));
    for await (const chunk of chunksOf(reply, asked.step))
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    response.end('data: [DONE]\n\n');
  }
}

function read(text: string): Omit<ModelRequest, 'hungUp'> {
  const body = JSON.parse(text) as {
    messages: WireMessage[];
    tools?: { function: { name: string } }[];
  };
  const last = body.messages.findLastIndex(({ role }) => role === 'user');
  const content = body.messages[last]?.content;
  return {
    question: typeof content === 'string' ? content : JSON.stringify(content),
    step: body.messages.slice(last).filter(({ role }) => role === 'assistant').length,
    offered: (body.tools ?? []).map((tool) => tool.function.name),
    text,
  };
}

async function* chunksOf(reply: ScriptedReply, step: number): AsyncGenerator<object, void> {
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'scripted',
    choices: [{ index: 0, delta, finish_reason }],
  });
  yield chunk({ role: 'assistant', content: 'text' in reply ? reply.text : '' });
  if ('words' in reply) for await (const word of reply.words) yield chunk({ content: word });
  const calls = 'calls' in reply ? reply.calls : [];
  for (const [index, call] of calls.entries()) {
    yield chunk({ tool_calls: [{ index, id: `call_${step}_${index}`, type: 'function', function: call }] });
  }
  yield chunk({}, calls.length > 0 ? 'tool_calls' : 'stop');
}
