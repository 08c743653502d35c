/** A server that speaks the OpenAI chat completions protocol: OpenAI, Ollama, vLLM, LM Studio and others. */
export interface OpenAICompatibleOptions {
  /** Up to and including the version, e.g. `http://127.0.0.1:11434/v1`. Without user, password, query or hash. */
  readonly baseUrl: string;
  /** Sent as a bearer token. Absent or empty: none is sent, as local servers expect. */
  readonly apiKey?: string;
}

/** A provider with an address of its own. */
export interface ModelProviderOptions {
  readonly apiKey: string;
  /** Up to and including the version. Default: the provider's own. */
  readonly baseUrl?: string;
}

/** How long, and how often, a provider is waited for. The offline model is not subject to it. */
export interface ModelTimeouts {
  /** Until the provider begins to answer, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** From then to the first piece of the answer, in milliseconds. */
  readonly firstTokenTimeoutMs: number;
  /** Between two pieces, in milliseconds. */
  readonly stallTimeoutMs: number;
  /** Further attempts when the provider is over its limit, fails or can't be reached; none once the answer has begun. */
  readonly retries: number;
  /** Longest pause before the second attempt, in milliseconds; it doubles with each further one. */
  readonly backoffMs: number;
}

export const DEFAULT_PATIENCE: ModelTimeouts = {
  connectTimeoutMs: 60_000,
  firstTokenTimeoutMs: 120_000,
  stallTimeoutMs: 60_000,
  retries: 3,
  backoffMs: 1_000,
};

export interface OfflineOptions {
  /** Pause between two words of an answer, in milliseconds. Default 0. */
  readonly deltaDelayMs?: number;
}

export interface ModelsOptions {
  /** A reference: `offline`, or a provider and its model, e.g. `openai-compatible:gpt-4o-mini`. */
  readonly defaultModel: string;
  readonly openaiCompatible?: OpenAICompatibleOptions;
  readonly openai?: ModelProviderOptions;
  readonly anthropic?: ModelProviderOptions;
  readonly google?: ModelProviderOptions;
  /** Default: `DEFAULT_PATIENCE`. */
  readonly patience?: Partial<ModelTimeouts>;
  readonly offline?: OfflineOptions;
  /** How providers are reached, e.g. through a proxy. Default: directly. */
  readonly fetch?: typeof fetch;
}

/** Where the options are injected. */
export const MODELS_OPTIONS = Symbol('ModelsOptions');
