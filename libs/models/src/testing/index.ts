export {
  ChatCompletionsServer,
  streamChunks,
  type ChatCompletionsHandler,
  type ChatCompletionsRequest,
} from './chat-completions.server.ts';
export { ScriptedModel, textAnswer, type ModelScript } from './scripted-model.ts';
