import { randomUUID } from 'node:crypto';
import { Injectable, Scope } from '@nestjs/common';
import { AuditLog } from '@bulkhead/audit';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { UserEventEmitter, type WhenBusy } from '@bulkhead/events';
import { estimateTokens } from '@bulkhead/models';
import {
  runs,
  sqlStateOf,
  UserDatabaseSession,
  type Once,
  type Statement,
  type UserTransaction,
} from '@bulkhead/persistence';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { AdmissionGate } from './admission-gate.service.ts';
import { AgentRegistry } from '../agents/agent-registry.service.ts';
import { RUN_CRASHES_NODE, RunNotRequeueableError } from '../execution.errors.ts';
import { RunQueue } from '../queue/run-queue.service.ts';

/** No such thread; raised by the database's functions. */
const ABSENT = 'BH404';

/** How a message is to be accepted. */
export interface AdmissionOptions {
  /** When another run of the thread is unfinished; absent: as the thread says. */
  readonly whenBusy?: WhenBusy | undefined;
  /** Accepts it once under a key, and gives the same answer again. */
  readonly once?: Once | undefined;
  /** The run of the same user whose message this one answers instead; it must have crashed its nodes. */
  readonly insteadOf?: string | undefined;
}

export interface AcceptedRun {
  readonly threadId: string;
  readonly runId: string;
  readonly messageId: string;
  /** Sequence of the run's first event. */
  readonly seq: number;
}

/** Accepts a message: once this answers, the run is stored and will reach a terminal state. */
@Injectable({ scope: Scope.REQUEST })
export class RunAdmission {
  constructor(
    private readonly session: UserDatabaseSession,
    private readonly audit: AuditLog,
    private readonly emitter: UserEventEmitter,
    private readonly agents: AgentRegistry,
    private readonly queue: RunQueue,
    private readonly gate: AdmissionGate,
  ) {}

  /**
   * Stores the message, the run, its first event, the audit row and the queue entry in one transaction.
   * @throws UnknownAgentError, IdempotencyKeyReusedError, ServerOverloadedError, TooManyRunsError, ThreadBusyError
   * @throws RunNotRequeueableError when `insteadOf` is no run that crashed its nodes, or was requeued before
   * @throws ResourceNotFoundError for a foreign and an absent thread alike
   */
  async admit(
    agentName: string,
    content: string,
    { whenBusy, once, insteadOf }: AdmissionOptions = {},
  ): Promise<AcceptedRun> {
    this.agents.get(agentName);
    const { context } = this.session;
    const { threadId, runId, userId, identity } = context;
    const messageId = randomUUID();
    const store = async (transaction: UserTransaction): Promise<AcceptedRun> => {
      await this.gate.pass(transaction, whenBusy);
      if (insteadOf !== undefined) await markRequeued(transaction, insteadOf, runId);
      const run: Statement = (literal) =>
        `INSERT INTO bulkhead.runs (run_id, user_id, thread_id, agent_name, state, session_id)
         VALUES (${[runId, userId, threadId, agentName, 'queued', identity.sessionId].map(literal).join(', ')})`;
      const data = { messageId, content };
      const batch = { agentName, key: 'queued', events: [{ type: 'run_queued' as const, data }] };
      const [queued] = await this.emitter.emitWithin(transaction, batch, run);
      const first = queued?.seq ?? 0;
      transaction.atCommit(
        (literal) =>
          `INSERT INTO bulkhead.messages (message_id, user_id, thread_id, run_id, seq, role, content, tokens)
           VALUES (${[messageId, userId, threadId, runId, first, 'user', content, estimateTokens(content)].map(literal).join(', ')})`,
      );
      await this.queue.enqueue(transaction, context, agentName);
      // Last: the user's chain is locked from here to the commit.
      await this.audit.append(transaction, context, 'run.accepted', { agentName, messageId });
      return { threadId, runId, messageId, seq: first };
    };
    const admission = { once, first: [this.gate.hold] };
    return this.gate
      .inTurn(() => this.session.transaction(store, admission))
      .catch((error: unknown) => {
        throw sqlStateOf(error) === ABSENT ? new ResourceNotFoundError('thread') : error;
      });
  }
}

/** @throws RunNotRequeueableError, so that of several that try at once only one succeeds */
async function markRequeued({ db }: UserTransaction, runId: string, as: string): Promise<void> {
  const isCrashed = sql`${runs.error} ->> 'code' = ${RUN_CRASHES_NODE}`;
  const marked = await db
    .update(runs)
    .set({ requeuedAs: as })
    .where(and(eq(runs.runId, runId), isNull(runs.requeuedAs), isCrashed))
    .returning({ runId: runs.runId });
  if (marked.length === 0) throw new RunNotRequeueableError();
}
