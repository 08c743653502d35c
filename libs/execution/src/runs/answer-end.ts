import type { AnswerEnd } from '@bulkhead/events';
import { ModelGaveNoAnswerError, type ModelReply } from '@bulkhead/models';

const ends: Readonly<Record<ModelReply['finishReason'], AnswerEnd>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  malformed: 'malformed',
  // It asked for tools, and no call of them could be read.
  'tool-calls': 'malformed',
  other: 'other',
};

/**
 * How a reply without tool calls ended.
 * @throws ModelGaveNoAnswerError when it says nothing
 */
export function answerEndOf({ text, finishReason }: ModelReply, model: string): AnswerEnd {
  const end = ends[finishReason];
  if (text.trim() !== '') return end;
  throw new ModelGaveNoAnswerError(model, end === 'stop' ? 'empty' : end);
}
