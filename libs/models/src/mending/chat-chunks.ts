import type { JsonRecord, JsonValue } from '@bulkhead/user-context';
import {
  errorIn,
  isRecord,
  numbersIn,
  recordsIn,
  textFields,
  type ChunkMender,
  type LeaveOut,
} from './chunk-mender.ts';
import { ToolCallDeltas } from './tool-call-deltas.ts';

/**
 * Chunks of chat completions, as they should be: servers send keep-alives and usage without choices, null where a list
 * belongs, whole messages where a delta belongs, and errors in every shape.
 */
export function chatChunks(leaveOut: LeaveOut): ChunkMender {
  const calls = new ToolCallDeltas(leaveOut);
  let hasDeltas = false;

  function choiceOf(choice: JsonRecord): object {
    const { delta, message, finish_reason: reason } = choice;
    // The whole message once more at the end would double what was streamed.
    const part = isRecord(delta) ? delta : isRecord(message) && !hasDeltas ? message : {};
    hasDeltas ||= isRecord(delta) && Object.keys(delta).length > 0;
    return {
      index: 0,
      delta: deltaOf(part),
      finish_reason: typeof reason === 'string' && reason !== '' ? reason : null,
    };
  }

  function deltaOf(delta: JsonRecord): object {
    const { content, reasoning_details: details, tool_calls: toolCalls } = delta;
    const texts = textFields(delta, 'reasoning_content', 'reasoning', 'refusal');
    const made = toolCalls === undefined || toolCalls === null ? [] : calls.mend(recordsIn(toolCalls));
    return {
      ...(delta['role'] === 'assistant' && { role: 'assistant' }),
      ...(contentOf(content) !== undefined && { content: contentOf(content) }),
      ...texts,
      ...(Array.isArray(details) && { reasoning_details: details }),
      ...(made.length > 0 && { tool_calls: made }),
    };
  }

  function contentOf(content: JsonValue | undefined): JsonValue | undefined {
    if (typeof content === 'string') return content;
    const parts = recordsIn(content).filter(({ type }) => typeof type === 'string');
    if (parts.length === 0) {
      if (content !== undefined && content !== null) leaveOut('content that is no text');
      return undefined;
    }
    // Parts of text alone are a text; others, such as thoughts, stay parts.
    const texts = parts.flatMap(({ type, text }) =>
      type === 'text' && typeof text === 'string' ? [text] : [],
    );
    return texts.length === parts.length ? texts.join('') : parts;
  }

  return {
    mend: (chunk, event) => {
      const error = errorIn(chunk, event);
      if (error) return [{ error: { ...codesOf(error), message: messageOf(error) } }];
      const [choice] = recordsIn(chunk['choices']);
      const usage = numbersIn(chunk['usage']);
      if (!choice && !usage) {
        // Azure begins with what its filter says of the prompt, and an empty list.
        if (!Array.isArray(chunk['choices'])) leaveOut('chunk without choices');
        return [];
      }
      return [
        {
          ...textFields(chunk, 'id', 'model'),
          ...(typeof chunk['created'] === 'number' && { created: chunk['created'] }),
          choices: choice ? [choiceOf(choice)] : [],
          ...(usage && { usage }),
        },
      ];
    },
    end: () => calls.end(),
  };
}

const messageOf = ({ message, detail }: JsonRecord): string =>
  [message, detail].find((text) => typeof text === 'string') ?? 'The server streamed an error.';

const codesOf = ({ type, code }: JsonRecord): object => ({
  ...(typeof type === 'string' && { type }),
  ...((typeof code === 'string' || typeof code === 'number') && { code }),
});
