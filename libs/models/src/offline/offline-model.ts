import { ReadableStream } from 'node:stream/web';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type {
  LanguageModel,
  ModelCallOptions,
  ModelGeneration,
  ModelStream,
  ModelStreamPart,
  ModelUsage,
} from '../model.contract.ts';
import type { OfflineOptions } from '../models.options.ts';
import { nextStep, type OfflineCall } from './offline-intent.ts';
import { textsOf } from './offline-turn.ts';

const TEXT_ID = 'text';
const WORDS_PER_TURN = 32;

/**
 * A model without a model: needs no key and no network, gives the same answer to the same prompt, calls tools for
 * real and says in its answer that it is offline. Its tokens are words.
 */
export class OfflineModel implements LanguageModel {
  readonly specificationVersion = 'v3';
  readonly provider = 'offline';
  readonly modelId = 'offline';
  readonly supportedUrls = {};
  readonly #deltaDelayMs: number;

  constructor({ deltaDelayMs = 0 }: OfflineOptions = {}) {
    this.#deltaDelayMs = deltaDelayMs;
  }

  doStream(options: ModelCallOptions): Promise<ModelStream> {
    return Promise.resolve({ stream: ReadableStream.from(this.#parts(options)) });
  }

  async doGenerate(options: ModelCallOptions): Promise<ModelGeneration> {
    let text = '';
    const calls: Extract<ModelStreamPart, { type: 'tool-call' }>[] = [];
    for await (const part of this.#parts(options)) {
      if (part.type === 'text-delta') text += part.delta;
      else if (part.type === 'tool-call') calls.push(part);
      else if (part.type === 'error') throw part.error;
      else if (part.type === 'finish') {
        const { usage, finishReason } = part;
        return {
          content: [...(text ? [{ type: 'text' as const, text }] : []), ...calls],
          usage,
          finishReason,
          warnings: [],
        };
      }
    }
    throw new Error('The offline model did not finish.');
  }

  async *#parts({ prompt, tools = [], abortSignal }: ModelCallOptions): AsyncGenerator<ModelStreamPart> {
    abortSignal?.throwIfAborted();
    const step = nextStep(prompt, new Set(tools.map(({ name }) => name)), delegatesIn(tools));
    yield { type: 'stream-start', warnings: [] };
    if (step.type === 'fail') {
      yield { type: 'error', error: new Error('The offline model fails, as it was told to.') };
      yield finish('error', usage(prompt, 0));
      return;
    }
    if (step.type === 'call') {
      // The prompt grows with every step, so an id does not come again in the conversation.
      for (const [index, call] of step.calls.entries())
        yield* toolCall(`call-${prompt.length}-${index}`, call);
      yield finish('tool-calls', usage(prompt, 0));
      return;
    }
    await pause(step.afterMilliseconds, abortSignal);
    yield { type: 'text-start', id: TEXT_ID };
    for (const [index, delta] of step.words.entries()) {
      if (this.#deltaDelayMs > 0) await pause(this.#deltaDelayMs, abortSignal);
      // Without a turn for timers and sockets, an abort could not come through before the last word.
      else if (index % WORDS_PER_TURN === 0) await nextTurn();
      abortSignal?.throwIfAborted();
      yield { type: 'text-delta', id: TEXT_ID, delta };
    }
    yield { type: 'text-end', id: TEXT_ID };
    yield finish('stop', usage(prompt, step.words.length));
  }
}

/** Whom the tool `delegate` names: agents are told apart by their team. */
function delegatesIn(tools: NonNullable<ModelCallOptions['tools']>): ReadonlySet<string> {
  const offer = tools.find((tool) => tool.type === 'function' && tool.name === 'delegate');
  const agent = offer?.type === 'function' ? offer.inputSchema.properties?.['agent'] : undefined;
  const names = typeof agent === 'object' ? (agent.enum ?? []) : [];
  return new Set(names.filter((name) => typeof name === 'string'));
}

function* toolCall(id: string, { toolName, input }: OfflineCall): Generator<ModelStreamPart> {
  yield { type: 'tool-input-start', id, toolName };
  yield { type: 'tool-input-delta', id, delta: input };
  yield { type: 'tool-input-end', id };
  yield { type: 'tool-call', toolCallId: id, toolName, input };
}

/** @throws the signal's reason as soon as it is aborted */
async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (milliseconds === 0) return;
  await sleep(milliseconds, undefined, signal && { signal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
}

function finish(unified: 'stop' | 'tool-calls' | 'error', usage: ModelUsage): ModelStreamPart {
  return { type: 'finish', finishReason: { unified, raw: unified }, usage };
}

function usage(prompt: ModelCallOptions['prompt'], words: number): ModelUsage {
  const input = textsOf(prompt).reduce((sum, text) => sum + (text.match(/\S+/g)?.length ?? 0), 0);
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: words, text: words, reasoning: 0 },
  };
}
