import fc from 'fast-check';
import type { ChatMessage, GivenReply, ToolCall } from './chat-message.ts';
import { askModel, type AskedModel } from './testing/asked-model.ts';
import { historyRules } from './testing/history-rules.ts';

/** A model of each dialect, and how it gives its thoughts. */
const models = {
  openai: { provider: 'openai', model: 'gpt-5' },
  mistral: { provider: 'openai-compatible', model: 'mistral-large-latest' },
  deepseek: { provider: 'openai-compatible', model: 'deepseek-v4-pro' },
  vllm: { provider: 'openai-compatible', model: 'Qwen/Qwen3-32B' },
  'llama.cpp': { provider: 'openai-compatible', model: 'gemma-3' },
  ollama: { provider: 'openai-compatible', model: 'llama3.2:3b' },
  anthropic: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
  google: { provider: 'google', model: 'gemini-3-pro' },
} as const satisfies Record<keyof typeof historyRules, AskedModel>;
type DialectName = keyof typeof models;
const names = Object.keys(models) as DialectName[];

const addressIn = (name: DialectName): string => {
  const { provider, model } = models[name];
  // As the SDKs call themselves.
  const suffix = { anthropic: '.messages', google: '.generative-ai' }[provider as string] ?? '.chat';
  return `${provider}${suffix}:${model}`;
};

const text = fc.oneof(
  fc.string(),
  fc.constantFrom('', ' ', '\n', 'Hello', '\ud83d', 'a\udc00b', '\\ud83d'),
  fc.string({ unit: 'binary' }),
);
const id = fc.oneof(
  fc.string(),
  fc.constantFrom('', 'call_a', 'call_a', 'aB3dE5gH7', 'functions.add:0', '1.1/2.1'),
);
const toolName = fc.oneof(
  fc.constantFrom('add', 'notes.add', '', '1st', 'über tool', '__proto__', 'constructor'),
  fc.string({ maxLength: 90 }),
);
const call: fc.Arbitrary<ToolCall> = fc.oneof(
  fc.record({ id, name: toolName, arguments: fc.dictionary(fc.string(), text) }),
  fc.record({ id, name: toolName, invalidArguments: text }),
);

function givenBy(name: DialectName, calls: readonly ToolCall[], thought: string): GivenReply {
  const by = addressIn(name);
  const parts = calls.map((_, index) => ({ type: 'call' as const, index }));
  switch (name) {
    case 'deepseek':
      return { by, fields: { reasoning_content: thought } };
    case 'anthropic': {
      const metadata = { anthropic: { signature: 's' } };
      return { by, parts: [{ type: 'reasoning', text: thought, metadata }, ...parts] };
    }
    case 'google':
      return {
        by,
        parts: parts.map((part) => ({ ...part, metadata: { google: { thoughtSignature: 's' } } })),
      };
    default:
      return { by };
  }
}

/** A turn that completed, failed, was cancelled, or said nothing. */
const turn: fc.Arbitrary<ChatMessage[]> = fc
  .tuple(text, fc.option(text))
  .map(([question, answer]) => [
    { role: 'user', text: question },
    ...(answer === null ? [] : [{ role: 'assistant' as const, text: answer, toolCalls: [] }]),
  ]);

/** A reply with calls, and results of which some may be missing, doubled or of no call. */
const round: fc.Arbitrary<ChatMessage[]> = fc
  .record({
    by: fc.constantFrom(...names),
    said: text,
    thought: text,
    calls: fc.array(call, { minLength: 1, maxLength: 3 }),
    results: fc.array(fc.tuple(fc.nat({ max: 3 }), text, fc.boolean()), { maxLength: 4 }),
  })
  .map(({ by, said, thought, calls, results }) => [
    { role: 'assistant', text: said, toolCalls: calls, given: givenBy(by, calls, thought) },
    ...results.map(([index, result, isError]) => ({
      role: 'tool' as const,
      toolCallId: calls[index]?.id ?? 'of no call',
      toolName: calls[index]?.name ?? '',
      result,
      isError,
    })),
  ]);

const history = fc
  .tuple(
    fc.array(turn, { maxLength: 4 }),
    fc.array(round, { maxLength: 3 }),
    fc.array(turn, { maxLength: 2 }),
  )
  .map((pieces) => pieces.flat(2));

describe('a history of any turns, whatever became of them and whoever answered them', () => {
  it.each(names)('is one that %s accepts', async (name) => {
    await fc.assert(
      fc.asyncProperty(history, async (messages) => {
        const { body } = await askModel(models[name], messages, '');
        expect(historyRules[name](body)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('is told the same way each time', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.constantFrom(...names), async (messages, name) => {
        const first = await askModel(models[name], messages, '');
        expect((await askModel(models[name], messages, '')).body).toEqual(first.body);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps what was said: each question, and each answer that is not empty', async () => {
    const words = fc.stringMatching(/^[a-z]{5,9}$/);
    const said = fc.array(fc.tuple(words, fc.option(words)), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(said, fc.constantFrom(...names), async (turns, name) => {
        const messages = turns.flatMap(([question, answer]): ChatMessage[] => [
          { role: 'user', text: question },
          ...(answer === null ? [] : [{ role: 'assistant' as const, text: answer, toolCalls: [] }]),
        ]);
        const sent = JSON.stringify((await askModel(models[name], messages, '')).body);
        for (const word of turns.flat()) if (word !== null) expect(sent).toContain(word);
      }),
      { numRuns: 50 },
    );
  });
});
