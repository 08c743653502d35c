import type { AnswerEnd } from '@bulkhead/events';

const ends: readonly AnswerEnd[] = ['stop', 'length', 'content_filter', 'malformed', 'other'];

/** How the API document describes the end of an answer. */
export const answerEnd = {
  enum: ends,
  description:
    'How the answer ended. `stop`: the model was done. Any other is no whole answer: `length`, cut off at a token ' +
    'limit; `content_filter`, blocked by the provider; `malformed`, a tool call could not be read; `other`, for a ' +
    'reason that the server does not know. Absent where there is no answer.',
};
