import type { ChatMessage, ModelReply, ToolCall } from '@bulkhead/models';
import type { ToolReport } from '@bulkhead/tools';
import type { Agent } from './agent.factory.ts';
import { DELEGATE } from './delegate-offer.ts';
import { AgentBudget } from './run-budget.ts';
import type { Team } from './delegation-registry.service.ts';
import type { EngineTask } from './engine-task.ts';

/** Executes what a model asks for in one reply. */
export class ToolRound {
  readonly budget: AgentBudget;

  constructor(
    private readonly agent: Agent,
    private readonly task: EngineTask,
    private readonly team: Team | undefined,
  ) {
    this.budget = new AgentBudget(agent.limits, task.budget);
  }

  /**
   * Sub-agents work side by side, other tools one after the other.
   * @returns the reply and its tools' results, as the messages that the next model call continues from
   * @throws RunLimitError before anything is executed, or the signal's reason when everything has stopped
   */
  async execute(reply: ModelReply, step: number): Promise<ChatMessage[]> {
    // Providers choose call ids as they like; ours are unique within the run and the same on every attempt.
    const path = this.task.delegation?.path ?? '';
    const calls = reply.toolCalls.map((call, index) => ({
      ...call,
      id: `${path}${step}.${index + 1}`,
      providerId: call.id,
    }));
    await this.#spend(calls);
    const reports = await this.#reports(calls);
    return [
      { role: 'assistant', text: reply.text, toolCalls: calls, ...(reply.given && { given: reply.given }) },
      ...calls.map((call, index) => resultOf(call, reports[index]!)),
    ];
  }

  async #spend(calls: readonly ToolCall[]): Promise<void> {
    const delegations = calls.filter(isDelegation);
    if (delegations.length > 0) await this.team?.recount();
    this.budget.spend(
      'toolCalls',
      calls.map(({ id }) => id),
    );
    this.budget.spend(
      'delegations',
      delegations.map(({ id }) => id),
    );
  }

  async #reports(calls: readonly ToolCall[]): Promise<ToolReport[]> {
    // All begin before anything else is awaited: the durable engine knows steps by the order in which they begin.
    const delegated = new Map(calls.filter(isDelegation).map((call) => [call, this.#act(call)] as const));
    const settled = Promise.allSettled(delegated.values());
    try {
      const reports: ToolReport[] = [];
      for (const call of calls) reports.push(await (delegated.get(call) ?? this.#act(call)));
      return reports;
    } finally {
      await settled;
    }
  }

  async #act(call: ToolCall): Promise<ToolReport> {
    const { steps, signal, clock } = this.task;
    const args: unknown = 'arguments' in call ? call.arguments : call.invalidArguments;
    const asked = { toolCallId: call.id, toolName: call.name, arguments: args };
    const ask = this.agent.approvalOf(asked);
    const approval =
      ask && (await steps.run(`approval:${call.id}`, () => clock.whileWaiting(() => ask(signal))));
    const report = await steps.run(`${isDelegation(call) ? 'delegate' : 'tool'}:${call.id}`, async () => {
      signal.throwIfAborted();
      return this.agent.act({ ...asked, ...(approval && { approval }) }, signal);
    });
    signal.throwIfAborted();
    return report;
  }
}

const isDelegation = ({ name }: ToolCall): boolean => name === DELEGATE;

const resultOf = ({ id, name }: ToolCall, report: ToolReport): ChatMessage => ({
  role: 'tool',
  toolCallId: id,
  toolName: name,
  result: report.result ?? { ...report.problem },
  isError: report.outcome !== 'succeeded',
});
