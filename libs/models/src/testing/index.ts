export {
  ChatCompletionsServer,
  streamChunks,
  type ChatCompletionsHandler,
  type ChatCompletionsRequest,
} from './chat-completions.server.ts';
export { ScriptedModel, textAnswer, type ModelScript } from './scripted-model.ts';
export { dialects, type Dialect, type DialectName, type ProviderAnswer } from './provider-dialects.ts';
export { ProviderServer, type ProviderAct, type ProviderRequest } from './provider.server.ts';
