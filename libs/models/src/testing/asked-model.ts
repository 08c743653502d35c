import type { ChatMessage, ToolOffer } from '../chat-message.ts';
import { callModel, type ModelReply } from '../model-call.ts';
import { openProvider } from '../providers.ts';

/** A provider and its model, as in references. */
export interface AskedModel {
  readonly provider: 'openai-compatible' | 'openai' | 'anthropic' | 'google';
  readonly model: string;
}

/** What was sent, and what came of it. */
export interface Asked {
  readonly body: Record<string, unknown>;
  /** Rejected when the answer is none. */
  readonly reply: Promise<ModelReply>;
}

const options = { baseUrl: 'http://provider.test/v1', apiKey: 'key' };

/** For specs: asks a provider's model in one process: `answer` is the body of its response, with status 200. */
export async function askModel(
  { provider, model }: AskedModel,
  messages: readonly ChatMessage[],
  answer: string,
  {
    tools = [],
    contentType = 'text/event-stream',
  }: { tools?: readonly ToolOffer[]; contentType?: string } = {},
): Promise<Asked> {
  let body: Record<string, unknown> = {};
  const models = openProvider(provider, {
    defaultModel: 'offline',
    openaiCompatible: options,
    openai: options,
    anthropic: options,
    google: options,
    fetch: (_url, init) => {
      body = JSON.parse(init?.body as string) as Record<string, unknown>;
      return Promise.resolve(new Response(answer, { headers: { 'content-type': contentType } }));
    },
  });
  const reply = callModel(models!(model), {
    instructions: 'Be brief.',
    messages,
    tools,
    signal: new AbortController().signal,
    onText: () => undefined,
  });
  await reply.catch(() => undefined);
  return { body, reply };
}

/** An event stream of these chunks. */
export const streamOf = (...chunks: readonly unknown[]): string =>
  chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');
