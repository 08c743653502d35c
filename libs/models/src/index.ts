export type { FinishReason } from './answer-end.ts';
export type {
  ChatMessage,
  GivenReply,
  ReadableToolCall,
  ToolCall,
  ToolOffer,
  UnreadableToolCall,
} from './chat-message.ts';
export { NO_ANSWER } from './conversation-order.ts';
export { callModel, type CallUsage, type ModelCall, type ModelReply } from './model-call.ts';
export { ModelRegistry } from './model-registry.service.ts';
export type {
  LanguageModel,
  ModelCallOptions,
  ModelPrompt,
  ModelPromptMessage,
  ModelStreamPart,
} from './model.contract.ts';
export {
  ModelFailedError,
  ModelGaveNoAnswerError,
  ModelNotConfiguredError,
  ModelTimeoutError,
  type NoAnswerReason,
} from './models.errors.ts';
export { ModelsModule } from './models.module.ts';
export {
  DEFAULT_PATIENCE,
  MODELS_OPTIONS,
  type ModelsOptions,
  type OfflineOptions,
  type OpenAICompatibleOptions,
  type ModelTimeouts,
  type ModelProviderOptions,
} from './models.options.ts';
export { estimateTokens } from './token-estimate.ts';
