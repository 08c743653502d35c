/** An agent: instructions, a model, and the tools it may use. Register it with `AgentRegistry` in its feature module. */
export interface AgentDefinition {
  /** Unique, snake_case. */
  readonly name: string;
  /** For people who choose an agent. */
  readonly description: string;
  /** Model reference such as `offline` or `openai-compatible:gpt-4o-mini`; absent: the configured default. */
  readonly model?: string;
  /** The system prompt. */
  readonly instructions: string;
  /** Names of the tools it is given; it can call no other. */
  readonly tools: readonly string[];
}
