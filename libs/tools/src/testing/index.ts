export { runTool } from './run-tool.ts';
export { SpyTool } from './spy-tool.ts';
export { openTestTools, type TestCall, type TestTools } from './test-tools.ts';
