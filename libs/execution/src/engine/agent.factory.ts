import { Injectable, Logger, Scope } from '@nestjs/common';
import {
  callModel,
  type CallUsage,
  type ChatMessage,
  type LanguageModel,
  type ModelCall,
  type ModelReply,
  type ToolOffer,
} from '@bulkhead/models';
import {
  AuthorizedToolCall,
  ToolDispatcher,
  type Tool,
  type ToolApproval,
  type ToolCall,
  type ToolReport,
} from '@bulkhead/tools';
import { UserExecutionContext } from '@bulkhead/user-context';
import { ApprovalRequests } from '../approvals/approval-requests.service.ts';
import type { AgentLimits } from '../agents/agent.contract.ts';
import { AgentRegistry } from '../agents/agent-registry.service.ts';
import { DELEGATE, delegateOffer } from './delegate-offer.ts';
import { faultOf } from './model-fault.ts';
import { UsageRecorder, type UsedCall } from '../usage/usage-recorder.service.ts';
import { DelegationRegistry, type Team } from './delegation-registry.service.ts';
import type { EngineTask } from './engine-task.ts';

/** An agent at work for one engine: what it thinks with and what it acts through. */
export interface Agent {
  readonly name: string;
  /** The model reference it was made with. */
  readonly model: string;
  /** What it may use of its run's limits, if less. */
  readonly limits: AgentLimits;
  /** To be asked before each model call. @throws QuotaExceededError */
  assertQuotaLeft(): Promise<void>;
  /** One model call, whose use is written down under the key; `onText` hears the answer's text as it comes. @throws ModelFailedError, or the signal's reason */
  think(
    messages: readonly ChatMessage[],
    onText: (text: string) => void | Promise<void>,
    signal: AbortSignal,
    key: string,
  ): Promise<ModelReply>;
  /** Lets it delegate; absent when it has no delegates. */
  readonly supervise?: (task: EngineTask) => Team;
  /**
   * Asks the run's owner about a call if it needs that, which is looked up then: null if it does not. Undefined for a
   * call that never does.
   */
  approvalOf(call: ToolCall): ((signal: AbortSignal) => Promise<ToolApproval | null>) | undefined;
  /** One tool call, checked, announced and reported by the dispatcher of this context. */
  act(call: ToolCall, signal: AbortSignal): Promise<ToolReport>;
}

/** Builds agents for one context: never shared between engines. */
@Injectable({ scope: Scope.REQUEST })
export class AgentFactory {
  readonly #logger = new Logger('Models');

  constructor(
    private readonly context: UserExecutionContext,
    private readonly agents: AgentRegistry,
    private readonly dispatcher: ToolDispatcher,
    private readonly teams: DelegationRegistry,
    private readonly approvals: ApprovalRequests,
    private readonly usage: UsageRecorder,
  ) {}

  /**
   * @param granted the tools it may use at most; absent: all that it lists
   * @throws UnknownAgentError, ModelNotConfiguredError
   */
  create(agentName: string, granted?: readonly string[]): Agent {
    const definition = this.agents.get(agentName);
    const model = this.agents.modelOf(definition);
    const delegates = definition.delegates ?? [];
    const listed = definition.tools.filter((name) => granted?.includes(name) ?? true);
    const permittedTools = delegates.length > 0 ? [...listed, DELEGATE] : listed;
    const offers = permittedTools
      .map((name) => this.agents.tools.find(name))
      .filter((tool) => tool !== undefined && this.context.identity.hasPermission(tool.permission))
      .map((tool) =>
        tool!.name === DELEGATE ? delegateOffer(delegates, this.agents) : this.#offerOf(tool!),
      );
    const caller = { agentName, permittedTools };
    const { instructions, limits = {} } = definition;
    return {
      name: agentName,
      model: `${model.provider}:${model.modelId}`,
      limits,
      assertQuotaLeft: () => this.usage.assertQuotaLeft(),
      think: (messages, onText, signal, key) => {
        const call = { instructions, messages, tools: offers, signal, onText };
        return this.#think(model, call, { key, agentName, model: `${model.provider}:${model.modelId}` });
      },
      act: (call, signal) => this.dispatcher.execute(caller, call, signal),
      approvalOf: (call) => {
        const args = AuthorizedToolCall.approvable(this.context, this.agents.tools, caller, call);
        const { toolCallId, toolName } = call;
        const question = args && { agentName, toolCallId, toolName, arguments: args };
        if (!question) return undefined;
        return async (signal) =>
          (await this.dispatcher.needsApproval(call)) ? this.approvals.ask(question, signal) : null;
      },
      ...(delegates.length > 0 && {
        supervise: (task: EngineTask) => this.teams.supervise(this.context, { definition, task }),
      }),
    };
  }

  #offerOf({ name, description }: Tool<never>): ToolOffer {
    return { name, description, parameters: this.agents.tools.schemaOf(name)! };
  }

  async #think(
    model: LanguageModel,
    call: ModelCall,
    used: Pick<UsedCall, 'key' | 'agentName' | 'model'>,
  ): Promise<ModelReply> {
    let failed: CallUsage | undefined;
    try {
      const reply = await callModel(model, { ...call, onFailedUsage: (usage) => (failed = usage) });
      const { usage, toolCalls } = reply;
      this.usage.record({ ...used, outcome: 'completed', usage, toolCalls: toolCalls.length });
      return reply;
    } catch (error) {
      const outcome = call.signal.aborted ? 'cancelled' : 'failed';
      if (failed) this.usage.record({ ...used, outcome, usage: failed });
      if (outcome === 'failed') this.#tell(used, error);
      throw error;
    }
  }

  /** The one place where the operator learns what the provider said. */
  #tell({ agentName, model }: Pick<UsedCall, 'agentName' | 'model'>, error: unknown): void {
    const { requestId, userId, threadId, runId } = this.context;
    this.#logger.warn(
      { requestId, userId, threadId, runId, agentName, model, ...faultOf(error) },
      'A model call failed.',
    );
  }
}
