import { DatabaseUnavailableError } from '@bulkhead/persistence';
import { UserExecutionContext, type Identity } from '@bulkhead/user-context';
import { QueueWorker } from '../worker/queue-worker.service.ts';
import { aTool, openTestExecution, type TestExecution, type TestNode } from '../testing/index.ts';

const calculate = aTool('calculator', () => Promise.resolve({ result: '42' }));
const cutConnections = aTool('cut_connections', async () => {
  await test.database.asAdmin((admin) =>
    admin.query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity
                 where backend_type = 'client backend' and pid <> pg_backend_pid()`),
  );
  return 'cut';
});
const tools = [calculate, cutConnections];
const assistant = { name: 'assistant', description: '-', instructions: 'Be brief.' };

let test: TestExecution;
let node: TestNode;
let ada: Identity;
beforeAll(async () => {
  const agents = [{ ...assistant, tools: tools.map(({ name }) => name) }];
  test = await openTestExecution({ tools, agents });
  ada = await test.signUp();
});
beforeEach(async () => (node = await test.startNode({ runsPerUser: 20 })));
afterEach(() => node.stop());
afterAll(() => test.close());

const countOf = async (context: UserExecutionContext, wanted: string) =>
  (await node.eventsOf(context)).filter(({ type }) => type === wanted).length;

/**
 * Makes PostgreSQL refuse the run's nth event as it does while it shuts down. A sequence counts: rollbacks don't
 * take back what it has counted.
 */
const refuseEvent = ({ runId }: UserExecutionContext, nth: number) =>
  test.database.asAdmin(async (admin) => {
    await admin.query(`create sequence "outage ${runId}" minvalue -100 start ${1 - nth}`);
    await admin.query(`grant usage on sequence "outage ${runId}" to bulkhead_app`);
  });
const plantOutages = () =>
  test.database.asAdmin((admin) =>
    admin.query(`
      create function public.outage() returns trigger language plpgsql as $$ begin
        if to_regclass(format('public.%I', 'outage ' || new.run_id)) is not null
           and nextval(format('public.%I', 'outage ' || new.run_id)) = 0 then
          raise exception 'terminating connection' using errcode = '57P01';
        end if;
        return new;
      end $$;
      grant execute on function public.outage to bulkhead_app;
      create trigger outage before insert on bulkhead.events for each row execute function public.outage();`),
  );

describe('while the database is away for a moment', () => {
  it('no accepted run is given up, whichever of its events could not be stored', async () => {
    await plantOutages();
    await node.work();
    // The first is the acceptance itself, which the sender is told about.
    const runs = await Promise.all(
      [2, 3, 4, 5, 6, 7, 8, 9].map(async (nth) => {
        const context = await test.openThread(ada);
        await refuseEvent(context, nth);
        await node.send(context, '/tool calculator {}');
        return context;
      }),
    );
    for (const context of runs) {
      expect(await node.untilEnded(context)).toMatchObject({ type: 'agent_completed', data: { steps: 2 } });
      expect(await countOf(context, 'agent_started')).toBe(1);
      expect(await countOf(context, 'tool_completed')).toBe(1);
      expect(await countOf(context, 'agent_completed')).toBe(1);
    }
    const attempts = await Promise.all(runs.map((context) => countOf(context, 'agent_thinking')));
    // Refusing a piece of the text costs one more attempt; the pieces of one batch are refused together.
    expect(Math.max(...attempts)).toBe(3);
  });

  it('a sender is told, and nothing of the message is stored', async () => {
    const context = await test.openThread(ada);
    await node.work();
    await refuseEvent(context, 1);
    await expect(node.send(context, 'Hello')).rejects.toThrow(DatabaseUnavailableError);
    expect(await node.eventsOf(context)).toEqual([]);
    expect(await node.send(context, 'Hello')).toMatchObject({ seq: 1 });
    await node.untilEnded(context);
  });

  it('a run that can not even be opened is opened later', async () => {
    const attempts: number[] = [];
    await node.get(QueueWorker).start(async ({ context: json, agentName }, claim) => {
      if (attempts.push(attempts.length) < 3) throw new DatabaseUnavailableError(new Error('away'));
      const context = UserExecutionContext.fromRun({ identity: ada, context: json });
      await node.execute(context, agentName, undefined, { claim });
    });
    const context = await test.openThread(ada);
    await node.send(context, '/say 1');
    expect(await node.untilEnded(context)).toMatchObject({ type: 'agent_completed' });
    expect(attempts).toEqual([0, 1, 2]);
  });

  it('the node lives on when every connection is cut, and the run goes on', async () => {
    await node.work();
    const context = await test.openThread(ada);
    await node.send(context, '/tool cut_connections {}');
    expect(await node.untilEnded(context)).toMatchObject({ type: 'agent_completed' });
    expect(await countOf(context, 'agent_completed')).toBe(1);
  });
});
