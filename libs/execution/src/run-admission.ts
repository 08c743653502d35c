import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Scope } from '@nestjs/common';
import { AuditLog } from '@bulkhead/audit';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { UserEventEmitter } from '@bulkhead/events';
import { messages, runs, sqlStateOf, UserDatabaseSession, type UserTransaction } from '@bulkhead/persistence';
import { inArray } from 'drizzle-orm';
import { AgentRegistry } from './agent-registry.service.ts';
import { EXECUTION_OPTIONS, type ExecutionOptions } from './execution.options.ts';
import { TooManyRunsError } from './execution.errors.ts';
import { UNFINISHED_STATES } from './run-state.ts';
import { RunQueue } from './run-queue.service.ts';

const FOREIGN_KEY_VIOLATION = '23503';

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
    @Inject(EXECUTION_OPTIONS) private readonly options: ExecutionOptions,
  ) {}

  /**
   * Stores the message, the run, its first event, the audit row and the queue entry in one transaction.
   * @throws UnknownAgentError, TooManyRunsError, ResourceNotFoundError for a foreign and an absent thread alike
   */
  async admit(agentName: string, content: string): Promise<AcceptedRun> {
    this.agents.get(agentName);
    const { context } = this.session;
    const { threadId, runId, userId } = context;
    const messageId = randomUUID();
    const seq = await this.session
      .transaction(async (transaction) => {
        const { db } = transaction;
        await this.#refuseTooMany(transaction);
        await db.insert(runs).values({ runId, userId, threadId, agentName, state: 'queued' });
        const [queued] = await this.emitter.emitWithin(transaction, {
          agentName,
          key: 'queued',
          events: [{ type: 'run_queued', data: { messageId, content } }],
        });
        const first = queued?.seq ?? 0;
        const message = { messageId, userId, threadId, runId, seq: first, role: 'user' as const, content };
        await db.insert(messages).values(message);
        await transaction.asEngine((client) => this.queue.enqueue(client, context, agentName));
        // Last: the user's chain is locked from here to the commit.
        await this.audit.append(transaction, context, 'run.accepted', { agentName, messageId });
        return first;
      })
      .catch((error: unknown) => {
        throw sqlStateOf(error) === FOREIGN_KEY_VIOLATION ? new ResourceNotFoundError('thread') : error;
      });
    return { threadId, runId, messageId, seq };
  }

  /** Row-level security makes this the user's own count. */
  async #refuseTooMany({ db }: UserTransaction): Promise<void> {
    const limit = this.options.unfinishedRunsPerUser;
    const current = await db.$count(runs, inArray(runs.state, UNFINISHED_STATES));
    if (current >= limit) throw new TooManyRunsError(limit, current);
  }
}
