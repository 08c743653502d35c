export { aTool } from './a-tool.ts';
export { Gate } from './gate.ts';
export { runAgent, type AgentTrial } from './run-agent.ts';
export { StoredSteps } from './stored-steps.ts';
export type { TestModules } from './test-application.ts';
export { openTestExecution, type TestExecution } from './test-execution.ts';
export { TestNode } from './test-node.ts';
