import { Test } from '@nestjs/testing';
import { Authenticator } from '@bulkhead/auth';
import { FencingTokens, type RunClaim } from '@bulkhead/events';
import { QueueWorker, type RunProcessor } from '@bulkhead/execution';
import { ScopeRunner, type UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { RunObserver } from '../observability/run-observer.service.ts';
import { RunWorker } from './run.worker.ts';

const accepted = aContext().build();
const { identity } = accepted;
const fence = new FencingTokens();

/** Has the worker take one run from a queue. @returns the contexts that it opened scopes for */
async function workOff(claim: RunClaim): Promise<UserExecutionContext[]> {
  const opened: UserExecutionContext[] = [];
  const job = { context: accepted.toJSON(), sessionId: identity.sessionId, agentName: 'assistant' };
  const queue = {
    start: (processRun: RunProcessor) => processRun(job, claim),
    stop: () => Promise.resolve(),
  };
  const module = await Test.createTestingModule({
    providers: [
      RunWorker,
      { provide: FencingTokens, useValue: fence },
      { provide: QueueWorker, useValue: queue },
      { provide: Authenticator, useValue: { identityOf: () => Promise.resolve(identity) } },
      {
        provide: ScopeRunner,
        useValue: { run: (context: UserExecutionContext) => Promise.resolve(opened.push(context)) },
      },
      {
        provide: RunObserver,
        useValue: { watch: (_context: unknown, _agent: unknown, work: () => unknown) => work() },
      },
    ],
  }).compile();
  await module.init();
  await module.close();
  return opened;
}

describe('the worker of runs', () => {
  it('executes a run in the context that accepted it, under the claim that the queue gave out', async () => {
    const claim = {
      runId: accepted.runId,
      epoch: 7,
      interruptions: 0,
      superseded: new AbortController().signal,
    };
    const opened = await workOff(claim);
    expect(opened.map((context) => context.toJSON())).toEqual([accepted.toJSON()]);
    expect(opened.map((context) => fence.claimOf(context))).toEqual([claim]);
  });
});
