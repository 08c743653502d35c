import type { JsonRecord } from '@bulkhead/user-context';
import {
  errorIn,
  isRecord,
  numbersIn,
  recordsIn,
  textFields,
  type ChunkMender,
  type LeaveOut,
} from './chunk-mender.ts';

/** Chunks of Google's `streamGenerateContent`, with the parts that this server knows. */
export function googleChunks(leaveOut: LeaveOut): ChunkMender {
  function partOf(part: JsonRecord): object[] {
    const call = part['functionCall'];
    const texts = textFields(part, 'text', 'thoughtSignature');
    const signature =
      texts.thoughtSignature === undefined ? {} : { thoughtSignature: texts.thoughtSignature };
    if (isRecord(call)) {
      const { name = '', id } = textFields(call, 'name', 'id');
      if (name.trim() === '') {
        leaveOut('tool call without a name');
        return [];
      }
      const args = typeof call['args'] === 'string' || isRecord(call['args']) ? call['args'] : {};
      return [{ functionCall: { name, args, ...(id && { id }) }, ...signature }];
    }
    if (texts.text === undefined && texts.thoughtSignature === undefined) {
      leaveOut('part that is neither text nor call');
      return [];
    }
    return [{ text: texts.text ?? '', ...(part['thought'] === true && { thought: true }), ...signature }];
  }

  function candidateOf(candidate: JsonRecord): object {
    const content = isRecord(candidate['content']) ? candidate['content'] : {};
    return {
      content: { role: 'model', parts: recordsIn(content['parts']).flatMap(partOf) },
      ...textFields(candidate, 'finishReason', 'continuationToken'),
    };
  }

  return {
    mend: (chunk, event) => {
      const error = errorIn(chunk, event);
      if (error) {
        const code = error['code'];
        const message = textFields(error, 'message').message ?? 'The server streamed an error.';
        return [
          { error: { message, ...textFields(error, 'status'), ...(typeof code === 'number' && { code }) } },
        ];
      }
      const candidates = recordsIn(chunk['candidates']).slice(0, 1).map(candidateOf);
      const usage = numbersIn(chunk['usageMetadata']);
      const feedback = isRecord(chunk['promptFeedback'])
        ? textFields(chunk['promptFeedback'], 'blockReason')
        : {};
      if (candidates.length === 0 && !usage && feedback.blockReason === undefined) {
        leaveOut('chunk without candidates');
        return [];
      }
      return [
        {
          ...textFields(chunk, 'responseId'),
          candidates,
          ...(usage && { usageMetadata: usage }),
          ...(feedback.blockReason !== undefined && { promptFeedback: feedback }),
        },
      ];
    },
  };
}
