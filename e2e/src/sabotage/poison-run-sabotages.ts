import type { Sabotage } from './sabotage.ts';

/** Of runs that break down the nodes that execute them. */
export const poisonRunSabotages: readonly Sabotage[] = [
  {
    name: 'run that is taken over for ever',
    breaks: 'a run with which node after node is lost comes to an end',
    places: [
      {
        file: 'libs/execution/src/runs/run-store.service.ts',
        find: "return run.fruitless >= MAX_FRUITLESS_CLAIMS ? 'crashing' : 'running';",
        replace: "return run.fruitless > 1_000_000 ? 'crashing' : 'running';",
      },
    ],
    guard: { spec: 'libs/execution/src/runs/run-crashes.spec.ts' },
  },
  {
    name: 'suspects that begin beside each other',
    breaks: 'the neighbours of a run that crashes its nodes are not taken for it',
    places: [
      {
        file: 'libs/persistence/migrations/*.sql',
        find: 'WHERE NOT o.is_suspect OR (',
        replace: 'WHERE true OR (',
      },
    ],
    guard: { spec: 'libs/execution/src/queue/run-queue.repository.spec.ts' },
  },
];
