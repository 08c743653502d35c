import { ContextIsolationError, type UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { ExecutionEngineFactory } from './execution-engine.factory.ts';
import { openTestExecution, type TestExecution, type TestNode } from '../testing/index.ts';
import { UserExecutionEngine } from './user-execution.engine.ts';

let test: TestExecution;
let node: TestNode;
let context: UserExecutionContext;
beforeAll(async () => {
  test = await openTestExecution();
  node = await test.startNode();
  context = await test.openThread(await test.signUp());
});
afterAll(() => test.close());

describe('the factory of engines', () => {
  it("makes an engine for its scope's own context, a new one each time", () =>
    node.inScope(context, ExecutionEngineFactory, (engines, scope) => {
      const engine = engines.createForUser(scope.context);
      expect(engine).toBeInstanceOf(UserExecutionEngine);
      expect(engine.context).toBe(scope.context);
      expect(engines.createForUser(scope.context)).not.toBe(engine);
      return Promise.resolve();
    }));

  it.each([
    ["another user's", () => aContext().build()],
    ["another one of the same user, thread and run's", () => aContext(context.identity).on(context).build()],
    ["a child of the scope's", (own: UserExecutionContext) => own.createChild('delegate')],
  ])('refuses a context that is %s', (_, other) =>
    node.inScope(context, ExecutionEngineFactory, (engines, scope) => {
      expect(() => engines.createForUser(other(scope.context))).toThrow(ContextIsolationError);
      return Promise.resolve();
    }),
  );

  it('refuses to work after its scope has closed', async () => {
    const late = await node.inScope(context, ExecutionEngineFactory, (engines, scope) =>
      Promise.resolve(() => engines.createForUser(scope.context)),
    );
    expect(late).toThrow(ContextIsolationError);
  });

  it('can not be had outside a scope', async () => {
    await expect(node.app.resolve(ExecutionEngineFactory)).rejects.toThrow(ContextIsolationError);
  });
});
