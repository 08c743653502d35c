import { Logger } from '@nestjs/common';
import { NotificationChannel } from '../index.ts';
import { openTestDatabase, type TestDatabase } from '../testing/index.ts';

let test: TestDatabase;
const channels: NotificationChannel[] = [];
beforeAll(async () => {
  Logger.overrideLogger(false);
  test = await openTestDatabase();
});
afterEach(() => channels.splice(0).forEach((channel) => channel.close()));
afterAll(() => test.close());

/** A channel on the connections of one node, what it heard, and how often it began to listen. */
async function listen(name = 'spec') {
  const heard: string[] = [];
  let begun = 0;
  let onChange = (): void => undefined;
  const channel = new NotificationChannel(test.database.pool, name, {
    onNotification: (payload) => (heard.push(payload), onChange()),
    onListening: () => ((begun += 1), onChange()),
  });
  channels.push(channel);
  await channel.open();
  /** Settles when the channel has been through what the spec waits for. */
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      onChange = () => condition() && resolve();
      onChange();
    });
  return { channel, heard, until, begun: () => begun };
}
const cutListeners = () =>
  test.asAdmin((admin) =>
    admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN %'`),
  );

describe('a notification channel', () => {
  it('reaches every listener, the sender included, in order', async () => {
    const [one, other] = [await listen(), await listen()];
    await one.channel.announce(['a', 'b', `c'; --`]);
    for (const { heard, until } of [one, other]) {
      await until(() => heard.length === 3);
      expect(heard).toEqual(['a', 'b', `c'; --`]);
    }
  });

  it('is not heard on another', async () => {
    const [one, other] = [await listen(), await listen('another')];
    await other.channel.announce(['elsewhere']);
    await one.channel.announce(['here']);
    await one.until(() => one.heard.length > 0);
    expect(one.heard).toEqual(['here']);
  });

  it('listens again after its connection was lost, and says so: what was sent meanwhile is gone', async () => {
    const { channel, heard, until, begun } = await listen();
    expect(begun()).toBe(1);
    await cutListeners();
    await until(() => begun() === 2);
    await channel.announce(['after']);
    await until(() => heard.length > 0);
    expect(heard).toEqual(['after']);
  });

  it('gives its connection to nobody when it is closed, also when that was lost before', async () => {
    const before = test.database.pool.totalCount - test.database.pool.idleCount;
    const { channel, begun } = await listen();
    channel.close();
    await cutListeners();
    await test.database.ping();
    expect(begun()).toBe(1);
    expect(test.database.pool.totalCount - test.database.pool.idleCount).toBe(before);
  });

  it('sends what it could not send, in order, as soon as it can; what came twice once', async () => {
    const { heard, until } = await listen();
    const sender = new NotificationChannel(test.database.pool, 'spec', {
      onNotification: () => undefined,
      onListening: () => undefined,
    });
    channels.push(sender);
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'bulkhead_login' and query not like 'LISTEN %'`;
    await test.asAdmin(async (admin) => {
      await admin.query('alter role bulkhead_login nologin');
      await admin.query(cut);
    });
    await sender.announce(['a', 'b']);
    await sender.announce(['c', 'a']);
    expect(heard).toEqual([]);
    await test.asAdmin((admin) => admin.query('alter role bulkhead_login login'));
    await until(() => heard.length === 3);
    expect(heard).toEqual(['b', 'c', 'a']);
  });

  it('needs no further connection to send while it listens', async () => {
    const { channel, heard, until } = await listen();
    await test.asAdmin((admin) => admin.query('alter role bulkhead_login nologin'));
    await channel.announce(['now']);
    await until(() => heard.length === 1);
    await test.asAdmin((admin) => admin.query('alter role bulkhead_login login'));
    expect(heard).toEqual(['now']);
  });
});
