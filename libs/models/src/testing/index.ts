export {
  ChatCompletionsServer,
  streamChunks,
  type ChatCompletionsHandler,
  type ChatCompletionsRequest,
} from './chat-completions.server.ts';
export type { ProviderDialect, ProviderAnswer, ServiceRefusal } from './dialects/dialect.contract.ts';
export { assertAcceptable, brokenPromptRule, promptRules } from './prompt-rules.ts';
export { dialectNames, dialects, modelsAt, type DialectName } from './provider-dialects.ts';
export {
  ProviderServer,
  type ProviderAct,
  type ProviderRequest,
  type ProviderServerOptions,
} from './provider.server.ts';
export {
  brokenResponses,
  oddCalls,
  oddChats,
  unfinishedChats,
  unfinishedGoogle,
  type Recording,
} from './recordings.ts';
export { ScriptedModel, textAnswer, type ModelScript } from './scripted-model.ts';
export { StrictModel } from './strict-model.ts';
export { askModel, streamOf, type Asked, type AskedModel } from './asked-model.ts';
export { historyRules, type SentBody } from './history-rules.ts';
