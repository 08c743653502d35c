import type { AgentLimits } from '../agents/agent.contract.ts';
import { RunLimitError } from '../execution.errors.ts';

/** What a run may use, its sub-agents included. */
export interface RunLimits {
  /** Model calls. */
  readonly maxSteps: number;
  readonly maxToolCalls: number;
  /** Times that work is handed to a sub-agent. */
  readonly maxDelegations: number;
}

export type Expense = 'steps' | 'toolCalls' | 'delegations';

/** One thing that was spent; `name` is unique among those of its kind. */
export interface Spent {
  readonly expense: Expense;
  readonly name: string;
}

const words = { steps: 'steps', toolCalls: 'tool calls', delegations: 'delegations' } as const;

/** Counts what a run uses. By name, so that a step that is repeated after a crash counts once. */
export class RunBudget {
  readonly #names: Readonly<Record<Expense, Set<string>>> = {
    steps: new Set(),
    toolCalls: new Set(),
    delegations: new Set(),
  };
  readonly #limits: Readonly<Record<Expense, number>>;
  #restoring: Promise<void> | undefined;

  constructor({ maxSteps, maxToolCalls, maxDelegations }: RunLimits) {
    this.#limits = { steps: maxSteps, toolCalls: maxToolCalls, delegations: maxDelegations };
  }

  count(expense: Expense): number {
    return this.#names[expense].size;
  }

  /** Spends all of it or nothing. @throws RunLimitError */
  spend(expense: Expense, names: readonly string[]): void {
    const known = this.#names[expense];
    const limit = this.#limits[expense];
    const fresh = names.filter((name) => !known.has(name));
    if (known.size + fresh.length > limit) throw new RunLimitError(words[expense], limit);
    for (const name of fresh) known.add(name);
  }

  /** Counts, once, what sub-agents spent before a crash. */
  restore(readSpent: () => Promise<readonly Spent[]>): Promise<void> {
    this.#restoring ??= readSpent().then((spent) => {
      for (const { expense, name } of spent) this.#names[expense].add(name);
    });
    return this.#restoring;
  }
}

/** One agent's share of its run's budget. */
export class AgentBudget {
  #steps = 0;
  #toolCalls = 0;

  constructor(
    private readonly limits: AgentLimits,
    private readonly run: RunBudget,
  ) {}

  /** What this agent spent itself. */
  get own(): { readonly steps: number; readonly toolCalls: number } {
    return { steps: this.#steps, toolCalls: this.#toolCalls };
  }

  /** @throws RunLimitError at the agent's own limit, or the run's */
  spend(expense: Expense, names: readonly string[]): void {
    if (expense === 'steps')
      this.#steps = this.#within(this.#steps + names.length, 'steps', this.limits.maxSteps);
    if (expense === 'toolCalls') {
      this.#toolCalls = this.#within(this.#toolCalls + names.length, 'tool calls', this.limits.maxToolCalls);
    }
    this.run.spend(expense, names);
  }

  #within(count: number, what: 'steps' | 'tool calls', limit: number | undefined): number {
    if (limit !== undefined && count > limit) throw new RunLimitError(what, limit);
    return count;
  }
}
