import { RUN_TRANSITIONS, statesBefore, type RunState } from './run-state.ts';

const states = Object.keys(RUN_TRANSITIONS) as RunState[];
const terminal: RunState[] = ['completed', 'failed', 'cancelled', 'timed_out'];
const alive = states.filter((state) => !terminal.includes(state));

/** All states that can be reached from one, by any number of steps. */
function reachableFrom(state: RunState, known = new Set<RunState>()): Set<RunState> {
  for (const next of RUN_TRANSITIONS[state]) {
    if (!known.has(next)) reachableFrom(next, known.add(next));
  }
  return known;
}

describe('the states of a run', () => {
  it('are exactly these', () => {
    expect(states).toEqual(['queued', 'running', 'waiting', ...terminal]);
  });

  it.each(terminal)('%s is final', (state) => {
    expect(RUN_TRANSITIONS[state]).toEqual([]);
  });

  it.each(alive)(
    '%s is not final: it can still fail and be cancelled, and end in any way at last',
    (state) => {
      expect(RUN_TRANSITIONS[state]).toEqual(expect.arrayContaining(['failed', 'cancelled']));
      expect([...reachableFrom(state)]).toEqual(expect.arrayContaining(terminal));
    },
  );

  it.each(states.filter((state) => state !== 'queued'))('%s can be reached from queued', (state) => {
    expect([...reachableFrom('queued')]).toContain(state);
  });

  it('nothing goes back to queued, and nothing completes or times out before it runs', () => {
    expect(statesBefore('queued')).toEqual([]);
    expect(statesBefore('completed')).toEqual(['running']);
    expect(statesBefore('timed_out')).toEqual(['running', 'waiting']);
  });

  it('statesBefore is the inverse of the table', () => {
    for (const from of states) {
      for (const to of states) {
        expect(statesBefore(to).includes(from)).toBe(RUN_TRANSITIONS[from].includes(to));
      }
    }
  });
});
