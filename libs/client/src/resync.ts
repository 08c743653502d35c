import type { ResyncRequired } from '@bulkhead/events';
import type { Problem } from './problem.error.ts';

/** Where to go on: with the oldest event that is stored, or with what comes from now on. */
export type ResyncChoice = 'oldest' | 'latest';

/** What a refusal says about it; undefined when it was for another reason. */
export function resyncIn(problem: Problem, threadId: string): ResyncRequired | undefined {
  if (problem.code !== 'resync_required') return undefined;
  const { reason, oldestSeq = 1, latestSeq = 0 } = problem;
  return { threadId, reason: reason as ResyncRequired['reason'], oldestSeq, latestSeq };
}

/** The same as a refusal, for whoever did not say where to go on. */
export const toResyncProblem = (resync: ResyncRequired): Problem => ({
  type: 'urn:bulkhead:problem:resync_required',
  title: 'The request is not valid',
  status: 400,
  code: 'resync_required',
  detail: 'The events that come next are no longer stored. Read the thread again, and go on from there.',
  ...resync,
});
