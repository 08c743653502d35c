export { ScriptedModel, textAnswer, type ModelScript } from './scripted-model.ts';
