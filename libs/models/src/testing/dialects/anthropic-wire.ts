import { createHash } from 'node:crypto';
import { dataFrame, type AnswerFinish, type IdentifiedAnswer } from './dialect.contract.ts';

/** A request to Anthropic, as far as rules look at it. */
export interface AnthropicBody {
  readonly max_tokens?: number;
  readonly messages?: readonly AnthropicMessage[];
  readonly system?: string | readonly AnthropicBlock[];
  readonly tools?: readonly {
    readonly name: string;
    readonly input_schema?: Readonly<Record<string, unknown>>;
  }[];
}

export interface AnthropicMessage {
  readonly role: string;
  readonly content: string | readonly AnthropicBlock[];
}

export interface AnthropicBlock {
  readonly type: string;
  readonly text?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly tool_use_id?: string;
  readonly content?: unknown;
  readonly is_error?: boolean;
  readonly thinking?: string;
  readonly signature?: string;
}

/** The signature of a thought: what was changed has another. */
export const signatureOf = (thought: string): string =>
  createHash('sha256').update(`anthropic ${thought}`).digest('base64');

const reasons: Readonly<Record<AnswerFinish, string>> = {
  stop: 'end_turn',
  'tool-calls': 'tool_use',
  length: 'max_tokens',
  'content-filter': 'refusal',
};

const frame = (value: { readonly type: string }): string => `event: ${value.type}\n${dataFrame(value)}`;

/** The stream of an answer: blocks one after the other (its reference, Streaming messages). */
export function anthropicFrames(answer: IdentifiedAnswer): string[] {
  const { reasoning, texts = [], toolCalls, usage } = answer;
  const thought = reasoning && [
    { type: 'thinking_delta', thinking: reasoning },
    { type: 'signature_delta', signature: signatureOf(reasoning) },
  ];
  const blocks: [object, object[]][] = [
    ...(thought ? [[{ type: 'thinking', thinking: '', signature: '' }, thought] as [object, object[]]] : []),
    ...(texts.length > 0
      ? [
          [{ type: 'text', text: '' }, texts.map((text) => ({ type: 'text_delta', text }))] as [
            object,
            object[],
          ],
        ]
      : []),
    ...toolCalls.map(({ id, name, arguments: args }): [object, object[]] => {
      const json = JSON.stringify(args);
      const pieces = [json.slice(0, 3), json.slice(3)];
      const deltas = pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json }));
      return [{ type: 'tool_use', id, name, input: {} }, deltas];
    }),
  ];
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: usage?.inputTokens ?? 0, output_tokens: 1 },
  };
  const stop_reason = reasons[answer.finish ?? (toolCalls.length > 0 ? 'tool-calls' : 'stop')];
  const end = { type: 'message_delta', delta: { stop_reason, stop_sequence: null } };
  return [
    { type: 'message_start', message },
    ...blocks.flatMap(([content_block, deltas], index) => [
      { type: 'content_block_start', index, content_block },
      ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    { ...end, usage: { output_tokens: usage?.outputTokens ?? 0 } },
    { type: 'message_stop' },
  ].map(frame);
}
