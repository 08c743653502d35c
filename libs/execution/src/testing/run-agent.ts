import type { ThreadEvent } from '@bulkhead/events';
import type { AgentDefinition } from '../agents/agent.contract.ts';
import type { Run } from '../runs/run-history.service.ts';
import { StoredSteps } from './stored-steps.ts';
import type { TestModules } from './test-application.ts';
import { openTestExecution } from './test-execution.ts';

/** What became of a run. */
export interface AgentTrial {
  readonly run: Run;
  readonly events: readonly ThreadEvent[];
  /** Empty when the run did not complete. */
  readonly answer: string;
}

/**
 * Has one agent answer one message: the real engine on a real database, with a new user who may use the tools of the
 * setup. The model is the offline one, unless the setup has another.
 */
export async function runAgent(
  agent: AgentDefinition,
  message: string,
  setup: TestModules = {},
): Promise<AgentTrial> {
  const test = await openTestExecution({ ...setup, agents: [...(setup.agents ?? []), agent] });
  try {
    const node = await test.startNode();
    const context = await test.openRun(await test.signUp(), message);
    await node.execute(context, agent.name, new StoredSteps());
    const events = await node.eventsOf(context);
    const end = events.at(-1);
    const answer = end?.type === 'agent_completed' ? end.data.text : '';
    return { run: await node.runOf(context), events, answer };
  } finally {
    await test.close();
  }
}
