import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const MAX_DELAY_MS = 4;
/** One in so many is rolled back after it was written. */
const ROLLBACK_EVERY = 8;
/** One in so many announces itself as a node does, and each writer's last: the others are found with the next one. */
const WAKE_EVERY = 3;

/** Where writers write, and in whose name. */
export interface WrittenThread {
  /** The id of its user. */
  readonly owner: string;
  readonly threadId: string;
  /** A run of the thread that has not ended. */
  readonly runId: string;
}

export interface Written {
  /** The texts of the transactions that were committed, each writer's in the order of its commits. */
  readonly committed: string[];
  readonly rolledBack: string[];
}

const pause = (): Promise<void> => sleep(Math.random() * MAX_DELAY_MS);

/**
 * Writes transactions of one event each into one thread, through the function and under the role that every node writes
 * with, with a pause of random length before each commit. @param count how many of them are to be committed
 */
export async function writeDelayed(
  databaseUrl: string,
  { owner, threadId, runId }: WrittenThread,
  writer: number,
  count: number,
): Promise<Written> {
  const written: Written = { committed: [], rolledBack: [] };
  await withClient(databaseUrl, async (client) => {
    for (let turn = 0; written.committed.length < count; turn += 1) {
      const text = `${writer}.${turn}`;
      const event = {
        eventId: randomUUID(),
        type: 'message_delta',
        requestId: randomUUID(),
        agentName: 'assistant',
        operationDepth: 0,
        data: { step: 1, text },
      };
      await client.query(`BEGIN; SET LOCAL ROLE bulkhead_app; SET LOCAL app.user_id = '${owner}'`);
      await client.query('SELECT FROM bulkhead.append_events($1, $2, $3, $4)', [
        threadId,
        runId,
        randomUUID(),
        JSON.stringify([event]),
      ]);
      if (turn % WAKE_EVERY === 0 || written.committed.length === count - 1) {
        const payload = `${randomUUID()} ${owner} ${threadId}`;
        await client.query("SELECT pg_notify('bulkhead_events', $1)", [payload]);
      }
      await pause();
      const isCommitted = (writer + turn) % ROLLBACK_EVERY !== 0;
      await client.query(isCommitted ? 'COMMIT' : 'ROLLBACK');
      written[isCommitted ? 'committed' : 'rolledBack'].push(text);
    }
  });
  return written;
}

/**
 * The same with a number that PostgreSQL gives out before the commit, and a reader that goes by it: what must not be
 * built. @returns how many of the committed rows that reader never saw
 */
export async function countLostBySerial(
  databaseUrl: string,
  writers: number,
  count: number,
): Promise<number> {
  let isWriting = true;
  const write = async (client: pg.Client): Promise<void> => {
    for (let turn = 0; turn < count; turn += 1) {
      await client.query('BEGIN; INSERT INTO serial_control DEFAULT VALUES');
      await pause();
      await client.query('COMMIT');
    }
  };
  const read = async (client: pg.Client): Promise<number> => {
    let [cursor, seen] = ['0', 0];
    for (let wasWriting = true; wasWriting;) {
      wasWriting = isWriting;
      const sql = 'SELECT id FROM serial_control WHERE id > $1 ORDER BY id';
      const { rows } = await client.query<{ id: string }>(sql, [cursor]);
      cursor = rows.at(-1)?.id ?? cursor;
      seen += rows.length;
    }
    return seen;
  };
  await withClient(databaseUrl, (client) => client.query('CREATE TABLE serial_control (id bigserial)'));
  const reading = withClient(databaseUrl, read);
  await Promise.all(Array.from({ length: writers }, () => withClient(databaseUrl, write)));
  isWriting = false;
  return writers * count - (await reading);
}

async function withClient<R>(connectionString: string, work: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
