import { Injectable } from '@nestjs/common';
import { runSteps, UserTransactions } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { eq } from 'drizzle-orm';
import type { AgentDefinition } from '../agents/agent.contract.ts';
import { retryWhileDatabaseDown } from '../steps/retry-while-database-down.ts';
import type { Expense, Spent } from './run-budget.ts';
import type { EngineTask } from './engine-task.ts';

/** An agent at work that may delegate. */
export interface Supervision {
  readonly definition: AgentDefinition;
  readonly task: EngineTask;
}

/** A supervisor with its sub-agents at work. */
export interface Members extends Supervision {
  readonly children: Set<Promise<unknown>>;
}

/** A supervisor's hold on its sub-agents. */
export interface Team {
  /** Counts what the run's sub-agents spent before a crash. */
  recount(): Promise<void>;
  /** Ends delegating; settles when all sub-agents have stopped. */
  dismiss(): Promise<void>;
}

/** What a step of a sub-agent spends, by the kind that its name begins with. */
const expensesOfKind: Readonly<Record<string, readonly Expense[]>> = {
  model: ['steps'],
  tool: ['toolCalls'],
  delegate: ['toolCalls', 'delegations'],
};

/** Who may delegate now, by the very context that they work in. */
@Injectable()
export class DelegationRegistry {
  readonly #teams = new WeakMap<UserExecutionContext, Members>();

  constructor(private readonly transactions: UserTransactions) {}

  /** Lets the context's agent delegate until it dismisses its team. */
  supervise(context: UserExecutionContext, supervision: Supervision): Team {
    const children = new Set<Promise<unknown>>();
    this.#teams.set(context, { ...supervision, children });
    const { budget, signal } = supervision.task;
    return {
      recount: () => budget.restore(() => retryWhileDatabaseDown(() => this.#spent(context), signal)),
      dismiss: async () => {
        this.#teams.delete(context);
        await Promise.allSettled(children);
      },
    };
  }

  find(context: UserExecutionContext): Members | undefined {
    return this.#teams.get(context);
  }

  async #spent(context: UserExecutionContext): Promise<Spent[]> {
    const rows = await this.transactions.run(context, ({ db }) =>
      db.select({ name: runSteps.name }).from(runSteps).where(eq(runSteps.runId, context.runId)),
    );
    return rows.flatMap(({ name: stepName }) => {
      const [kind = '', name = ''] = stepName.split(':');
      return (expensesOfKind[kind] ?? []).map((expense) => ({ expense, name }));
    });
  }
}
