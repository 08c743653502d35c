export type {
  ChatMessage,
  ReadableToolCall,
  ToolCall,
  ToolOffer,
  UnreadableToolCall,
} from './chat-message.ts';
export { callModel, type CallUsage, type ModelCall, type ModelReply } from './model-call.ts';
export { ModelRegistry } from './model-registry.service.ts';
export type {
  LanguageModel,
  ModelCallOptions,
  ModelPrompt,
  ModelPromptMessage,
  ModelStreamPart,
} from './model.contract.ts';
export { ModelFailedError, ModelNotConfiguredError, ModelTimeoutError } from './models.errors.ts';
export { ModelsModule } from './models.module.ts';
export {
  DEFAULT_PATIENCE,
  MODELS_OPTIONS,
  type ModelsOptions,
  type OfflineOptions,
  type OpenAICompatibleOptions,
  type Patience,
  type ModelProviderOptions,
} from './models.options.ts';
export { estimateTokens } from './token-estimate.ts';
