import type { Problem } from './problem.error.ts';

/** The server can't continue after the cursor that it was given: what comes next would leave a gap. */
export interface Resync {
  readonly threadId: string;
  /**
   * `unknown_cursor`: no event of the thread ever had it; `future_cursor`: it is beyond the newest;
   * `pruned_cursor`: events after it are no longer stored.
   */
  readonly reason: 'unknown_cursor' | 'future_cursor' | 'pruned_cursor';
  /** Events are stored from here … */
  readonly oldestSeq: number;
  /** … to here; none when this is smaller. */
  readonly latestSeq: number;
}

/** Where to go on: with the oldest event there is, or with what comes from now on. */
export type ResyncChoice = 'oldest' | 'latest';

/** What a refused subscription says about it; undefined when it was refused for another reason. */
export function resyncIn(problem: Problem & Partial<Resync>, threadId: string): Resync | undefined {
  if (problem.code !== 'resync_required') return undefined;
  const { reason = 'future_cursor', oldestSeq = 1, latestSeq = 0 } = problem;
  return { threadId, reason, oldestSeq, latestSeq };
}

export const toResyncProblem = (resync: Resync): Problem => ({
  type: 'urn:bulkhead:problem:resync_required',
  title: 'Invalid request',
  status: 400,
  code: 'resync_required',
  detail: 'Events after the last one that arrived are not there any more. Read the thread again.',
  ...resync,
});
