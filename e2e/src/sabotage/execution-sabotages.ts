import type { Sabotage } from './sabotage.ts';

const migrations = 'libs/persistence/migrations/*.sql';

/** Of what executes runs, once and within their limits. */
export const executionSabotages: readonly Sabotage[] = [
  {
    name: 'retry that repeats a side effect',
    breaks: 'no finished side effect is repeated, and none whose end is unknown',
    places: [
      {
        file: 'libs/tools/src/dispatch/tool-dispatcher.service.ts',
        find: "if (isRepeated && tool.sideEffect === 'once') {",
        replace: 'if (isRepeated && tool.name === "") {',
      },
    ],
    guard: { spec: 'libs/tools/src/dispatch/tool-dispatcher.service.isolation.spec.ts' },
  },
  {
    name: 'fencing by epoch that is removed',
    breaks: 'whoever lost a run to another node stores nothing of it any more',
    places: [
      {
        file: migrations,
        find: 'IF p_epoch IS NOT NULL AND v_epoch IS DISTINCT FROM p_epoch THEN',
        replace: 'IF false THEN',
      },
    ],
    guard: { spec: 'libs/execution/src/worker/run-takeover.spec.ts' },
  },
  {
    name: 'limit of running runs plus one',
    breaks: 'a user has at most so many running runs over all nodes',
    places: [
      {
        file: migrations,
        find: 'ORDER BY q.position LIMIT greatest(u.most - u.running, 0)) c',
        replace: 'ORDER BY q.position LIMIT greatest(u.most - u.running + 1, 0)) c',
      },
    ],
    guard: { spec: 'libs/execution/src/queue/run-queue.repository.spec.ts' },
  },
  {
    name: 'permit of a run that is not released',
    breaks: 'a run that has ended makes room for the next',
    places: [
      {
        file: 'libs/execution/src/runs/run-store.service.ts',
        find: "this.queue.leave(transaction, this.context); if ('problem'",
        replace: "if ('problem'",
      },
    ],
    guard: { spec: 'libs/execution/src/queue/run-queue.service.spec.ts' },
  },
  {
    name: 'permit of a tool call that is not released',
    breaks: 'a tool call that has ended makes room for the next',
    places: [
      {
        file: 'libs/tools/src/dispatch/tool-limits.service.ts',
        find: 'finally { places.giveBack(); }',
        replace: 'finally {\n        signal.throwIfAborted();\n      }',
      },
    ],
    guard: { spec: 'libs/tools/src/dispatch/tool-limits.spec.ts' },
  },
  {
    name: 'cancel that does not reach the queue',
    breaks: 'a queued run that is cancelled never begins',
    places: [
      {
        file: 'libs/execution/src/runs/run-control.service.ts',
        find: "if (run.state === 'queued') {",
        replace: "if (run.state === 'waiting') {",
      },
    ],
    guard: { spec: 'libs/execution/src/runs/run-control.service.spec.ts' },
  },
  {
    name: 'cancel that is not carried to the other nodes',
    breaks: 'a cancelled run stops on whichever node',
    places: [
      {
        file: 'libs/execution/src/runs/run-cancellation.service.ts',
        find: 'if (asked.length > 0) this.ledger.cancel(context);',
        replace: 'if (asked.length > 1) this.ledger.cancel(context);',
      },
    ],
    guard: { spec: 'libs/execution/src/runs/run-control.service.spec.ts', test: 'is stopped there' },
  },
  {
    name: 'conversation that crosses threads',
    breaks: 'an agent sees the messages of its own thread only',
    places: [
      {
        file: 'libs/execution/src/conversation/thread-turns.service.ts',
        find: "WHERE m.thread_id = ${thread} AND m.role = 'user' AND",
        replace: "WHERE m.role = 'user' AND",
      },
    ],
    guard: {
      spec: 'libs/execution/src/conversation/run-conversation.service.spec.ts',
      test: 'is what was said in its thread',
    },
  },
  {
    name: 'history that crosses threads',
    breaks: "a thread's messages are those of no other",
    places: [
      {
        file: 'libs/execution/src/runs/run-history.service.ts',
        find: '.where(and(eq(messages.threadId, this.context.threadId), gt(messages.seq, afterSeq)))',
        replace: '.where(gt(messages.seq, afterSeq))',
      },
    ],
    guard: { spec: 'libs/execution/src/runs/run-history.service.spec.ts' },
  },
  {
    name: 'run that is accepted without its queue entry',
    breaks: 'every accepted run comes to an end',
    places: [
      {
        file: 'libs/execution/src/admission/run-admission.service.ts',
        find: 'await this.queue.enqueue(transaction, context, agentName);',
        replace: 'if (agentName === "") await this.queue.enqueue(transaction, context, agentName);',
      },
    ],
    guard: { spec: 'libs/execution/src/admission/run-admission.service.spec.ts' },
  },
  {
    name: 'budget of a run plus one',
    breaks: 'a run makes so many model and tool calls and not one more',
    places: [
      {
        file: 'libs/execution/src/engine/run-budget.ts',
        find: 'if (known.size + fresh.length > limit) throw',
        replace: 'if (known.size + fresh.length > limit + 1) throw',
      },
    ],
    guard: { spec: 'libs/execution/src/engine/user-execution.engine.spec.ts' },
  },
  {
    name: 'idempotency key that ignores what was asked',
    breaks: 'another request under a used key is refused',
    places: [
      {
        file: 'apps/gateway/src/idempotency/idempotency-key.ts',
        find: 'fingerprint: fingerprintOf([method, url, body ?? null])',
        replace: 'fingerprint: fingerprintOf([method, url, body === undefined])',
      },
    ],
    guard: { spec: 'apps/gateway/src/idempotency/idempotency-key.spec.ts' },
  },
  {
    name: 'answer under an idempotency key that is given for another request',
    breaks: 'another request under a used key is refused',
    places: [
      {
        file: 'libs/persistence/src/idempotency/idempotency.ts',
        find: 'if (known?.fingerprint !== fingerprint) throw new IdempotencyKeyReusedError();',
        replace: 'if (!known) throw new IdempotencyKeyReusedError();',
      },
    ],
    guard: { suite: 'once' },
  },
];
