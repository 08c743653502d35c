import type { JsonRecord } from '@bulkhead/user-context';
import { isRecord, numbersIn, textFields, type ChunkMender, type LeaveOut } from './chunk-mender.ts';

const BLOCKS: ReadonlySet<unknown> = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use']);
const DELTAS: ReadonlySet<unknown> = new Set([
  'text_delta',
  'thinking_delta',
  'signature_delta',
  'input_json_delta',
]);

/**
 * Events of Anthropic's Messages API. New kinds of events, blocks and deltas may come at any time, which callers are
 * to pass over. Source: Anthropic's documentation of streaming.
 */
export function anthropicEvents(leaveOut: LeaveOut): ChunkMender {
  const passedOver = new Set<unknown>();
  return {
    mend: (chunk, event) => {
      const type = chunk['type'] ?? event;
      switch (type) {
        case 'message_start':
          return [{ type, message: startOf(chunk['message']) }];
        case 'content_block_start': {
          const block = chunk['content_block'];
          if (isRecord(block) && BLOCKS.has(block['type'])) return startOfBlock(chunk['index'], block);
          passedOver.add(chunk['index']);
          leaveOut(`block of the type ${nameOf(isRecord(block) ? block['type'] : undefined)}`);
          return [];
        }
        case 'content_block_delta': {
          const delta = chunk['delta'];
          if (passedOver.has(chunk['index'])) return [];
          if (isRecord(delta) && DELTAS.has(delta['type'])) return [{ ...chunk, type, delta: filled(delta) }];
          leaveOut(`delta of the type ${nameOf(isRecord(delta) ? delta['type'] : undefined)}`);
          return [];
        }
        case 'content_block_stop':
          return passedOver.delete(chunk['index']) ? [] : [{ type, index: chunk['index'] }];
        case 'message_delta': {
          const { stop_reason: reason, stop_sequence: sequence } = isRecord(chunk['delta'])
            ? chunk['delta']
            : {};
          const usage = numbersIn(chunk['usage']) ?? {};
          const delta = { stop_reason: textOrNull(reason), stop_sequence: textOrNull(sequence) };
          return [{ type, delta, usage: { output_tokens: 0, ...usage } }];
        }
        case 'message_stop':
          return [{ type }];
        case 'error': {
          const error = isRecord(chunk['error']) ? chunk['error'] : chunk;
          const texts = {
            type: 'api_error',
            message: 'The server streamed an error.',
            ...textFields(error, 'message'),
          };
          const told = error === chunk ? {} : textFields(error, 'type');
          return [{ type, error: { ...texts, ...told } }];
        }
        case 'ping':
          return [];
        default:
          leaveOut(`event of the type ${nameOf(type)}`);
          return [];
      }
    },
  };
}

function startOf(message: unknown): object {
  if (!isRecord(message)) return { usage: { input_tokens: 0 } };
  const usage = { input_tokens: 0, ...numbersIn(message['usage']) };
  return { ...textFields(message, 'id', 'model', 'role'), usage };
}

/** Some servers give the first words with the block's begin, where the SDK does not look. */
function startOfBlock(index: unknown, block: JsonRecord): object[] {
  const type = block['type'];
  const start = (content: object): object => ({ type: 'content_block_start', index, content_block: content });
  const delta = (content: object): object => ({ type: 'content_block_delta', index, delta: content });
  if (type === 'text' || type === 'thinking') {
    const text = textFields(block, type)[type] ?? '';
    const said = type === 'text' ? { type: 'text_delta', text } : { type: 'thinking_delta', thinking: text };
    const { signature = '' } = textFields(block, 'signature');
    return [
      start({ type, [type]: '' }),
      ...(text === '' ? [] : [delta(said)]),
      ...(signature === '' ? [] : [delta({ type: 'signature_delta', signature })]),
    ];
  }
  if (type === 'redacted_thinking') return [start({ type, data: '', ...textFields(block, 'data') })];
  const input = isRecord(block['input']) ? block['input'] : {};
  return [start({ type, id: '', name: '', ...textFields(block, 'id', 'name'), input })];
}

function filled(delta: JsonRecord): object {
  const texts = { text_delta: 'text', thinking_delta: 'thinking', signature_delta: 'signature' } as const;
  const type = delta['type'] as keyof typeof texts | 'input_json_delta';
  if (type !== 'input_json_delta')
    return { type, [texts[type]]: textFields(delta, texts[type])[texts[type]] ?? '' };
  const { partial_json: json } = delta;
  const written = typeof json === 'string' ? json : isRecord(json) ? JSON.stringify(json) : '';
  return { type, partial_json: written };
}

const textOrNull = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** A type is a word of the protocol; anything else could be content. */
const nameOf = (type: unknown): string =>
  typeof type === 'string' && /^[a-z][a-z0-9_.]{0,63}$/.test(type) ? type : 'unknown';
