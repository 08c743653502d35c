/** A server that speaks the OpenAI chat completions protocol: OpenAI, Ollama, vLLM, LM Studio and others. */
export interface OpenAICompatibleOptions {
  /** Up to and including the version, e.g. `http://127.0.0.1:11434/v1`. Without user, password, query or hash. */
  readonly baseUrl: string;
  /** Sent as a bearer token. Absent or empty: none is sent, as local servers expect. */
  readonly apiKey?: string;
}

export interface OfflineOptions {
  /** Pause between two words of an answer, in milliseconds. Default 0. */
  readonly deltaDelayMs?: number;
}

export interface ModelsOptions {
  /** A reference: `offline`, or a provider and its model, e.g. `openai-compatible:gpt-4o-mini`. */
  readonly defaultModel: string;
  readonly openaiCompatible?: OpenAICompatibleOptions;
  readonly offline?: OfflineOptions;
}

/** Where the options are injected. */
export const MODELS_OPTIONS = Symbol('ModelsOptions');
