import type { AnswerEnd, EventData } from '@bulkhead/client';

type Completed = Pick<EventData['agent_completed'], 'finishReason'>;

const words: Readonly<Record<Exclude<AnswerEnd, 'stop'>, string>> = {
  length: 'the answer was cut off at a token limit',
  content_filter: "the answer was cut off by the provider's content filter",
  malformed: 'the answer ended with a tool call that could not be read',
  other: 'the answer ended early, for a reason that the server does not know',
};

/** Tells whether the model had finished its answer. */
export const isWhole = ({ finishReason = 'stop' }: Completed): boolean => finishReason === 'stop';

/** @returns undefined for a whole answer */
export const whyCutOff = ({ finishReason = 'stop' }: Completed): string | undefined =>
  finishReason === 'stop' ? undefined : words[finishReason];
