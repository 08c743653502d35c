/** What an agent may use of its run's limits. */
export interface AgentLimits {
  /** Model calls. */
  readonly maxSteps?: number;
  readonly maxToolCalls?: number;
}

/** Another agent that an agent may hand parts of its work to. */
export interface DelegateGrant {
  /** The other agent's name. */
  readonly agent: string;
  /** What it may use at most, of what it lists itself; absent: all of that. Holds for whom it delegates to as well. */
  readonly tools?: readonly string[];
}

/** An agent: instructions, a model, and the tools it may use. Register it with `AgentRegistry` in its feature module. */
export interface AgentDefinition {
  /** Unique, snake_case. */
  readonly name: string;
  /** For people and agents who choose an agent. */
  readonly description: string;
  /** Model reference such as `offline` or `openai:gpt-4o-mini`; absent: the configured default. */
  readonly model?: string;
  /** The system prompt. */
  readonly instructions: string;
  /** Names of the tools it is given; it can call no other. */
  readonly tools: readonly string[];
  /** Absent: the run's. More than those it never gets. */
  readonly limits?: AgentLimits;
  /** With at least one it gets the tool `delegate`, too. */
  readonly delegates?: readonly DelegateGrant[];
}
