import { ReadableStream } from 'node:stream/web';
import type {
  LanguageModel,
  ModelCallOptions,
  ModelGeneration,
  ModelStream,
  ModelStreamPart,
} from '../model.contract.ts';
import { assertAcceptable } from './prompt-rules.ts';

/** The parts of one answer. A generator may throw, wait or end early, as providers do. */
export type ModelScript = Iterable<ModelStreamPart> | AsyncIterable<ModelStreamPart>;

/**
 * For specs: a model that gives prepared answers, one per call, and keeps what it was asked. It refuses a prompt that one
 * of the services would refuse.
 */
export class ScriptedModel implements LanguageModel {
  readonly specificationVersion = 'v3';
  readonly provider = 'scripted';
  readonly modelId = 'scripted';
  readonly supportedUrls = {};
  readonly calls: ModelCallOptions[] = [];
  readonly #scripts: ModelScript[];

  constructor(...scripts: ModelScript[]) {
    this.#scripts = scripts;
  }

  async doStream(options: ModelCallOptions): Promise<ModelStream> {
    this.calls.push(options);
    assertAcceptable(options);
    const script = this.#scripts.shift();
    if (!script) throw new Error('The script has no answer left.');
    return { stream: ReadableStream.from(script) };
  }

  doGenerate(): Promise<ModelGeneration> {
    return Promise.reject(new Error('Scripted models stream.'));
  }
}

/** A complete answer of these pieces of text, whose usage is 1 input token and one output token per piece. */
export function textAnswer(...deltas: readonly string[]): ModelStreamPart[] {
  return [
    { type: 'stream-start', warnings: [] },
    { type: 'text-start', id: 'text' },
    ...deltas.map((delta) => ({ type: 'text-delta' as const, id: 'text', delta })),
    { type: 'text-end', id: 'text' },
    {
      type: 'finish',
      finishReason: { unified: 'stop', raw: 'stop' },
      usage: {
        inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
        outputTokens: { total: deltas.length, text: deltas.length, reasoning: 0 },
      },
    },
  ];
}
