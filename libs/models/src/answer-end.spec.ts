import { askModel, streamOf, type AskedModel } from './testing/index.ts';

const endOf = async (model: AskedModel, ...chunks: readonly unknown[]): Promise<string> =>
  (await (await askModel(model, [{ role: 'user', text: 'Hello' }], streamOf(...chunks))).reply).finishReason;

const compatible: AskedModel = { provider: 'openai-compatible', model: 'llama' };
const openai: AskedModel = { provider: 'openai', model: 'gpt-4o' };
const claude: AskedModel = { provider: 'anthropic', model: 'claude-sonnet-4-5' };
const gemini: AskedModel = { provider: 'google', model: 'gemini-2.5-flash' };
const chat = (finish_reason: string, fields: object = { content: 'I can' }): object[] => [
  { choices: [{ index: 0, delta: fields, finish_reason: null }] },
  { choices: [{ index: 0, delta: {}, finish_reason }] },
];
const messages = (stop_reason: string): object[] => [
  { type: 'message_start', message: { usage: { input_tokens: 1, output_tokens: 1 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'I can' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 2 } },
  { type: 'message_stop' },
];
const contents = (finishReason: string): object[] => [
  { candidates: [{ content: { parts: [{ text: 'I can' }] }, finishReason }] },
];

describe('the end of an answer', () => {
  it.each<[string, AskedModel, object[]]>([
    ['stop', compatible, chat('stop')],
    ['stop', compatible, chat('eos_token')],
    ['stop', compatible, chat('end_turn')],
    ['stop', claude, messages('end_turn')],
    ['stop', gemini, contents('STOP')],
    ['length', compatible, chat('length')],
    ['length', openai, chat('length')],
    ['length', compatible, chat('MAX_TOKENS')],
    ['length', claude, messages('max_tokens')],
    ['length', claude, messages('model_context_window_exceeded')],
    ['length', gemini, contents('MAX_TOKENS')],
    ['content-filter', compatible, chat('content_filter')],
    ['content-filter', openai, chat('content_filter')],
    ['content-filter', openai, chat('stop', { refusal: 'No.' })],
    ['content-filter', claude, messages('refusal')],
    ['content-filter', gemini, contents('SAFETY')],
    ['content-filter', gemini, contents('RECITATION')],
    ['content-filter', gemini, [{ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }]],
    ['content-filter', gemini, [{ promptFeedback: { blockReason: 'OTHER' } }]],
    ['malformed', gemini, contents('MALFORMED_FUNCTION_CALL')],
    ['malformed', gemini, contents('UNEXPECTED_TOOL_CALL')],
    ['other', gemini, contents('LANGUAGE')],
    ['other', compatible, chat('abort')],
    ['other', claude, messages('something_new')],
  ])('is %s (%#)', async (expected, model, chunks) => {
    expect(await endOf(model, ...chunks)).toBe(expected);
  });

  it.each(['', '{"x":'])(
    'in the middle of a call leaves no call with arguments made up (%j)',
    async (written) => {
      const call = { index: 0, id: 'a', function: { name: 'delete', arguments: written } };
      const { reply } = await askModel(
        compatible,
        [{ role: 'user', text: 'Hello' }],
        streamOf(...chat('length', { tool_calls: [call] })),
      );
      expect((await reply).toolCalls).toEqual([{ id: 'a', name: 'delete', invalidArguments: written }]);
    },
  );
});
