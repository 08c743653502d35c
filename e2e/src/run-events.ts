import { isTerminal, type EventOf, type EventType, type ThreadEvent } from '@bulkhead/client';

/** The events up to the end of the last of so many runs. */
export async function untilRunsEnd(events: AsyncIterable<ThreadEvent>, runs = 1): Promise<ThreadEvent[]> {
  const seen: ThreadEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    if (endedRuns(seen) === runs) return seen;
  }
  throw new Error(`The events ended before the runs did: ${typesOf(seen).join(' ')}`);
}

export const endedRuns = (events: readonly ThreadEvent[]): number => events.filter(isTerminal).length;

export const typesOf = (events: readonly ThreadEvent[]): EventType[] => events.map(({ type }) => type);

export const seqsOf = (events: readonly { readonly seq: number }[]): number[] => events.map(({ seq }) => seq);

/** 1, 2, 3 … up to `last`. */
export const oneTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

export const ofType = <Type extends EventType>(events: readonly ThreadEvent[], type: Type): EventOf<Type>[] =>
  events.filter(
    (event): event is Extract<ThreadEvent, { type: Type }> & EventOf<Type> => event.type === type,
  );

/** The answer of the run that ended last. */
export function answerIn(events: readonly ThreadEvent[]): string {
  const completed = ofType(events, 'agent_completed').at(-1);
  if (!completed) throw new Error(`No run was completed: ${JSON.stringify(events.at(-1))}`);
  return completed.data.text;
}
