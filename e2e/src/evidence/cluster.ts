import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Server } from '../server.ts';
import { ClusterDatabase } from './cluster-database.ts';

const repository = join(import.meta.dirname, '..', '..', '..');
const postgresProgram = join(repository, 'libs/persistence/src/testing/embedded-postgres.process.ts');
const compiler = join(repository, 'tools/workspace/swc-hook.mjs');

/** Several nodes on one PostgreSQL, each a process of its own. */
export class Cluster {
  readonly #nodes: Server[] = [];

  private constructor(
    /** Of a superuser: to look behind the server's back. */
    readonly databaseUrl: string,
    readonly database: ClusterDatabase,
    private readonly cleanups: (() => unknown)[],
    private readonly pool: pg.Pool,
  ) {}

  /**
   * @param settings environment variables of every node
   * @param isDurable whether the database must survive its own crash
   */
  static async start(
    nodes: number,
    settings: Readonly<Record<string, string>> = {},
    { isDurable = false } = {},
  ): Promise<Cluster> {
    const dataDir = await mkdtemp(join(tmpdir(), 'bulkhead-cluster-'));
    const postgres = fork(postgresProgram, [dataDir, ...(isDurable ? ['durable'] : [])], {
      execArgv: ['--conditions=@bulkhead/source', '--import', compiler],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const cleanups = [() => rm(dataDir, { recursive: true, force: true }), () => hangUp(postgres)];
    const [databaseUrl] = (await once(postgres, 'message')) as [string];
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
    pool.on('error', () => undefined);
    cleanups.push(() => pool.end());
    const cluster = new Cluster(databaseUrl, new ClusterDatabase(dataDir, postgres), cleanups, pool);
    try {
      for (let index = 0; index < nodes; index += 1) await cluster.#add(settings);
      return cluster;
    } catch (error) {
      await cluster.dispose();
      throw error;
    }
  }

  get nodes(): readonly Server[] {
    return this.#nodes;
  }

  /** A node by its number, counted round: connection 7 of 3 nodes goes to node 1. */
  node(index: number): Server {
    const node = this.#nodes[index % this.#nodes.length];
    if (!node) throw new Error('The cluster has no node.');
    return node;
  }

  /** Asks the database as its superuser, past every policy. */
  async query<Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, [...values])).rows;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.dispose()));
    for (const cleanup of this.cleanups.splice(0).reverse()) await cleanup();
  }

  async #add(settings: Readonly<Record<string, string>>): Promise<void> {
    this.#nodes.push(await Server.start({ ...settings, DATABASE_URL: this.databaseUrl }));
  }
}

async function hangUp(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
}
