import { Injectable, Scope } from '@nestjs/common';
import { callModel, ModelRegistry, type ChatMessage, type ModelReply } from '@bulkhead/models';
import { ToolDispatcher, ToolRegistry, type ToolCall, type ToolReport } from '@bulkhead/tools';
import { UserExecutionContext } from '@bulkhead/user-context';
import { AgentRegistry } from './agent-registry.service.ts';

/** An agent at work for one engine: what it thinks with and what it acts through. */
export interface Agent {
  readonly name: string;
  /** The model reference it was made with. */
  readonly model: string;
  /** One model call; `onText` hears the answer's text as it comes. @throws ModelFailedError, or the signal's reason */
  think(
    messages: readonly ChatMessage[],
    onText: (text: string) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<ModelReply>;
  /** One tool call, checked, announced and reported by the dispatcher of this context. */
  act(call: ToolCall, signal: AbortSignal): Promise<ToolReport>;
}

/** Builds agents for one context: never shared between engines. */
@Injectable({ scope: Scope.REQUEST })
export class AgentFactory {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly agents: AgentRegistry,
    private readonly models: ModelRegistry,
    private readonly tools: ToolRegistry,
    private readonly dispatcher: ToolDispatcher,
  ) {}

  /** @throws UnknownAgentError, ModelNotConfiguredError */
  create(agentName: string): Agent {
    const definition = this.agents.get(agentName);
    const reference = definition.model ?? 'default';
    const model = this.models.resolve(reference);
    const offers = definition.tools
      .map((name) => this.tools.find(name))
      .filter((tool) => tool !== undefined && this.context.identity.hasPermission(tool.permission))
      .map((tool) => ({ name: tool!.name, description: tool!.description, parameters: tool!.parameters }));
    const caller = { agentName, permittedTools: definition.tools };
    return {
      name: agentName,
      model: `${model.provider}:${model.modelId}`,
      think: (messages, onText, signal) =>
        callModel(model, { instructions: definition.instructions, messages, tools: offers, signal, onText }),
      act: (call, signal) => this.dispatcher.execute(caller, call, signal),
    };
  }
}
