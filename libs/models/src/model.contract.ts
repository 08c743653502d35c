import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3FunctionTool,
  LanguageModelV3GenerateResult,
  LanguageModelV3Message,
  LanguageModelV3Prompt,
  LanguageModelV3StreamPart,
  LanguageModelV3StreamResult,
  LanguageModelV3Usage,
} from '@ai-sdk/provider';

/**
 * A language model, as the AI SDK's providers implement it (specification version 3).
 * `callModel()` drives it; nothing else needs `doStream`.
 */
export type LanguageModel = LanguageModelV3;

/** What `doStream` takes: prompt, tools, abort signal, sampling settings. */
export type ModelCallOptions = LanguageModelV3CallOptions;
/** A conversation in the providers' own shape; ours is `ChatMessage`. */
export type ModelPrompt = LanguageModelV3Prompt;
export type ModelPromptMessage = LanguageModelV3Message;
/** A tool as it is offered to a provider; ours is `ToolOffer`. */
export type ModelTool = LanguageModelV3FunctionTool;
/** One part of a streamed answer. */
export type ModelStreamPart = LanguageModelV3StreamPart;
export type ModelStream = LanguageModelV3StreamResult;
/** A whole answer, as `doGenerate` gives it. */
export type ModelGeneration = LanguageModelV3GenerateResult;
export type ModelUsage = LanguageModelV3Usage;
