/** Where a run is. Every run ends in exactly one of the terminal states. */
export type RunState = 'queued' | 'running' | 'waiting' | TerminalState;
export type TerminalState = 'completed' | 'failed' | 'cancelled' | 'timed_out';

/** The states a run may go to next. */
export const RUN_TRANSITIONS: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ['running', 'cancelled', 'failed'],
  running: ['waiting', 'completed', 'failed', 'cancelled', 'timed_out'],
  waiting: ['running', 'failed', 'cancelled', 'timed_out'],
  completed: [],
  failed: [],
  cancelled: [],
  timed_out: [],
};

/** The states of a run that is still to come to an end. */
export const UNFINISHED_STATES = (Object.keys(RUN_TRANSITIONS) as RunState[]).filter(
  (state) => RUN_TRANSITIONS[state].length > 0,
);

/** The states from which `next` can be reached. */
export const statesBefore = (next: RunState): RunState[] =>
  (Object.keys(RUN_TRANSITIONS) as RunState[]).filter((state) => RUN_TRANSITIONS[state].includes(next));
