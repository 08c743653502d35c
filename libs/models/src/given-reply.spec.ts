import type { ChatMessage } from './chat-message.ts';
import type { ModelReply } from './model-call.ts';
import { askModel, streamOf, type AskedModel } from './testing/index.ts';

type Message = Record<string, unknown>;

const compatible = (model: string): AskedModel => ({ provider: 'openai-compatible', model });
const delta = (fields: object, finish_reason: string | null = null): object => ({
  choices: [{ index: 0, delta: fields, finish_reason }],
});
const aCall = {
  index: 0,
  id: 'dnEN4JsJy',
  type: 'function',
  function: { name: 'add', arguments: '{"x":1}' },
};
const question: ChatMessage = { role: 'user', text: 'How much?' };

/** What the engine makes of a reply: its own ids, and a result for each call. */
const answered = ({ text, toolCalls, given }: ModelReply): ChatMessage[] => [
  {
    role: 'assistant',
    text,
    toolCalls: toolCalls.map((call, index) => ({ ...call, id: `1.${index + 1}`, providerId: call.id })),
    ...(given && { given }),
  },
  ...toolCalls.map(({ name }, index) => ({
    role: 'tool' as const,
    toolCallId: `1.${index + 1}`,
    toolName: name,
    result: { sum: 2 },
    isError: false,
  })),
];

/** The second request of a conversation whose first one was answered with calls; stored in between. */
async function secondRequest(model: AskedModel, answer: string, then: AskedModel = model): Promise<Message> {
  const { reply } = await askModel(model, [question], answer);
  const stored = JSON.parse(JSON.stringify(await reply)) as ModelReply;
  return (await askModel(then, [question, ...answered(stored)], '')).body;
}
const assistantIn = (body: Message): Message =>
  (body['messages'] as Message[]).find(({ role }) => role === 'assistant') ?? {};
const secondAnswer = async (...asked: Parameters<typeof secondRequest>): Promise<Message> =>
  assistantIn(await secondRequest(...asked));

describe('a server of chat completions is sent back', () => {
  const end = [delta({ tool_calls: [aCall] }), delta({}, 'tool_calls')];

  it.each<[string, string, object[], object]>([
    [
      'reasoning_content, as DeepSeek wants it',
      'deepseek-v4-pro',
      [delta({ reasoning_content: 'Let me ' }), delta({ reasoning_content: 'add.' })],
      { reasoning_content: 'Let me add.' },
    ],
    [
      'an empty reasoning_content',
      'deepseek-v4-pro',
      [delta({ reasoning_content: '' })],
      { reasoning_content: '' },
    ],
    [
      'reasoning, by the name that Groq knows',
      'openai/gpt-oss-120b',
      [delta({ reasoning: 'Hm.' })],
      { reasoning: 'Hm.' },
    ],
    [
      'reasoning_details, put together from their pieces',
      'google/gemini-3-pro',
      [
        delta({ reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'Hm' }] }),
        delta({ reasoning_details: [{ type: 'reasoning.text', index: 0, text: '.', signature: 's' }] }),
        delta({ reasoning_details: [{ type: 'reasoning.encrypted', index: 1, data: 'd' }] }),
      ],
      {
        reasoning_details: [
          { type: 'reasoning.text', index: 0, text: 'Hm.', signature: 's' },
          { type: 'reasoning.encrypted', index: 1, data: 'd' },
        ],
      },
    ],
    [
      "Mistral's thoughts, as parts of the content",
      'magistral-medium-latest',
      [
        delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] }),
        delta({ content: 'One moment.' }),
      ],
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
          { type: 'text', text: 'One moment.' },
        ],
      },
    ],
  ])('%s', async (_, model, chunks, expected) => {
    const answer = await secondAnswer(compatible(model), streamOf(...chunks, ...end));
    expect(answer).toMatchObject(expected);
    const names = ['reasoning_content', 'reasoning', 'reasoning_details'].filter((name) => name in answer);
    expect(names).toEqual(Object.keys(expected).filter((name) => name !== 'content'));
  });

  it('the thought signature of a call, in the place where it was', async () => {
    const signed = { ...aCall, extra_content: { google: { thought_signature: 'c2lnbmVk' } } };
    const answer = await secondAnswer(
      compatible('gemini-3-pro'),
      streamOf(delta({ tool_calls: [signed] }), delta({}, 'tool_calls')),
    );
    expect(answer['tool_calls']).toEqual([
      {
        id: 'dnEN4JsJy',
        type: 'function',
        function: { name: 'add', arguments: '{"x":1}' },
        extra_content: { google: { thought_signature: 'c2lnbmVk' } },
      },
    ]);
  });

  it.each([
    'dnEN4JsJy',
    'call_a',
    'functions.add:0',
    'chatcmpl-tool-3f0c4e',
    'call_1__thought__c2ln/bmVk+==',
  ])('its own id of a call, %s', async (id) => {
    const body = await secondRequest(
      compatible('kimi-k2'),
      streamOf(delta({ tool_calls: [{ ...aCall, id }] }), delta({}, 'tool_calls')),
    );
    const [, , assistant, tool] = body['messages'] as Message[];
    expect(assistant?.['tool_calls']).toMatchObject([{ id }]);
    expect(tool).toMatchObject({ role: 'tool', tool_call_id: id });
  });

  it('nothing more than the standard has, when it gave nothing more', async () => {
    const answer = await secondAnswer(compatible('llama3'), streamOf(...end));
    expect(Object.keys(answer).sort()).toEqual(['content', 'role', 'tool_calls']);
  });
});

describe('an id that can not be sent back', () => {
  const nine = /^[a-zA-Z0-9]{9}$/;
  const idsIn = (body: Message): unknown[] =>
    ((assistantIn(body)['tool_calls'] ?? []) as Message[]).map(({ id }) => id);
  const streamed = (...ids: readonly unknown[]): string =>
    streamOf(
      delta({ tool_calls: ids.map((id, index) => ({ ...aCall, index, id })) }),
      delta({}, 'tool_calls'),
    );

  it.each<[string, readonly unknown[]]>([
    ['Mistral would refuse', ['call_49c89af0']],
    ['is a UUID for Mistral', ['2f0b8b1c-7c6e-4a57-a1f0-0d3a2b1c4d5e']],
  ])('because %s is nine letters and digits', async (_, ids) => {
    const [id] = idsIn(await secondRequest(compatible('Ministral-8B-Instruct'), streamed(...ids)));
    expect(id).toMatch(nine);
  });

  it('because it comes twice is told apart, and the results follow their calls', async () => {
    const body = await secondRequest(compatible('llama3'), streamed('call_0', 'call_0'));
    const ids = idsIn(body);
    expect(new Set(ids).size).toBe(2);
    const results = (body['messages'] as Message[]).filter(({ role }) => role === 'tool');
    expect(results.map((message) => message['tool_call_id'])).toEqual(ids);
  });

  it('because there is none is made', async () => {
    const [id] = idsIn(await secondRequest(compatible('llama3'), streamed('')));
    expect(id).toMatch(/^[\x21-\x7e]+$/);
  });

  it.each<[string, AskedModel, (body: Message) => unknown]>([
    ['Mistral', compatible('mistral-large'), (body) => idsIn(body)[0]],
    ['OpenAI', { provider: 'openai', model: 'gpt-4o' }, (body) => idsIn(body)[0]],
    [
      'Anthropic',
      { provider: 'anthropic', model: 'claude-sonnet-4-5' },
      (body) => (assistantIn(body)['content'] as Message[])[0]?.['id'],
    ],
  ])('because %s did not give it is nine letters and digits', async (_, then, idIn) => {
    const body = await secondRequest(compatible('kimi-k2'), streamed('functions.add:0'), then);
    expect(idIn(body)).toMatch(nine);
  });
});

describe('Anthropic is sent back', () => {
  const claude: AskedModel = { provider: 'anthropic', model: 'claude-sonnet-4-5' };
  const block = (index: number, content_block: object, ...deltas: object[]): object[] => [
    { type: 'content_block_start', index, content_block },
    ...deltas.map((content) => ({ type: 'content_block_delta', index, delta: content })),
    { type: 'content_block_stop', index },
  ];
  const thinking = streamOf(
    { type: 'message_start', message: { id: 'm', model: 'm', usage: { input_tokens: 1, output_tokens: 1 } } },
    ...block(
      0,
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: 'Let me ' },
      { type: 'thinking_delta', thinking: 'add.' },
      { type: 'signature_delta', signature: 'c2lnbmVk' },
    ),
    ...block(1, { type: 'redacted_thinking', data: 'ZGF0YQ==' }),
    ...block(2, { type: 'text', text: '' }, { type: 'text_delta', text: 'One moment.' }),
    ...block(
      3,
      { type: 'tool_use', id: 'toolu_01A', name: 'add', input: {} },
      { type: 'input_json_delta', partial_json: '{"x":1}' },
    ),
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } },
    { type: 'message_stop' },
  );

  it('its thoughts with their signature, the redacted ones too, before the text and the call', async () => {
    expect((await secondAnswer(claude, thinking))['content']).toEqual([
      { type: 'thinking', thinking: 'Let me add.', signature: 'c2lnbmVk' },
      { type: 'redacted_thinking', data: 'ZGF0YQ==' },
      { type: 'text', text: 'One moment.' },
      { type: 'tool_use', id: 'toolu_01A', name: 'add', input: { x: 1 } },
    ]);
  });

  it.each<AskedModel>([
    { provider: 'anthropic', model: 'claude-other' },
    { provider: 'google', model: 'gemini-3-pro' },
    { provider: 'openai', model: 'gpt-4o' },
    compatible('llama3'),
  ])('them alone: $provider:$model is not told the thoughts', async (then) => {
    const sent = JSON.stringify(await secondRequest(claude, thinking, then));
    expect(sent).toContain('One moment.');
    expect(sent).not.toMatch(/Let me|c2lnbmVk|ZGF0YQ/);
  });
});

describe('Google is sent back', () => {
  it('the signatures of its texts, thoughts and calls, and all results in one message', async () => {
    const gemini: AskedModel = { provider: 'google', model: 'gemini-3-pro' };
    const parts = [
      { text: 'Let me add.', thought: true, thoughtSignature: 's1' },
      { text: 'One moment.', thoughtSignature: 's2' },
      { functionCall: { id: 'a', name: 'add', args: { x: 1 } }, thoughtSignature: 's3' },
      { functionCall: { id: 'b', name: 'add', args: { x: 2 } } },
    ];
    const body = await secondRequest(
      gemini,
      streamOf({ candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }] }),
    );
    const [, model, results, ...rest] = body['contents'] as { role: string; parts: Message[] }[];
    expect(model).toEqual({ role: 'model', parts });
    expect(results?.parts.map(({ functionResponse }) => functionResponse)).toMatchObject([
      { id: 'a' },
      { id: 'b' },
    ]);
    expect(rest).toEqual([]);
  });
});

describe('a tool name that a model invented', () => {
  it.each([
    ['notes.add', 'notes_add'],
    ['1st tool', '_1st_tool'],
    ['', '_'],
    ['x'.repeat(80), 'x'.repeat(63)],
  ])('%j goes back as one that is accepted, with the refusal beside it', async (name, sent) => {
    const messages: ChatMessage[] = [
      question,
      { role: 'assistant', text: '', toolCalls: [{ id: '1.1', name, arguments: {} }] },
      { role: 'tool', toolCallId: '1.1', toolName: name, result: { detail: 'No such tool.' }, isError: true },
    ];
    const { body } = await askModel({ provider: 'openai', model: 'gpt-4o' }, messages, '');
    expect(assistantIn(body)['tool_calls']).toMatchObject([{ function: { name: sent } }]);
    expect(JSON.stringify(body)).toContain('No such tool.');
  });
});
