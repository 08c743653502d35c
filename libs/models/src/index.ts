export type {
  ChatMessage,
  ReadableToolCall,
  ToolCall,
  ToolOffer,
  UnreadableToolCall,
} from './chat-message.ts';
export { callModel, type ModelCall, type ModelReply } from './model-call.ts';
export { ModelRegistry } from './model-registry.service.ts';
export type {
  LanguageModel,
  ModelCallOptions,
  ModelPrompt,
  ModelPromptMessage,
  ModelStreamPart,
} from './model.contract.ts';
export { ModelFailedError, ModelNotConfiguredError } from './models.errors.ts';
export { ModelsModule } from './models.module.ts';
export {
  MODELS_OPTIONS,
  type ModelsOptions,
  type OfflineOptions,
  type OpenAICompatibleOptions,
} from './models.options.ts';
