import pg from 'pg';

/** What a connection may be told beside where it goes. */
export type ConnectionOptions = Pick<pg.PoolConfig, 'connectionTimeoutMillis' | 'keepAlive' | 'max'>;

const APPLICATION = 'bulkhead';
const DEFAULT_PORT = '5432';

/**
 * A connection to the database of a URL, not opened yet. With `openPool` the only place where connections are made:
 * nothing of them comes from the `PG*` variables of the shell that started the process, or from its password file.
 */
export function openClient(url: string, options: ConnectionOptions = {}): pg.Client {
  return new IndependentClient(configOf(url, options));
}

/** Connections to the database of a URL, made as they are needed. The loss of one that is in use ends no process. */
export function openPool(url: string, options: ConnectionOptions = {}): pg.Pool {
  const config = configOf(url, options);
  const Client = class extends IndependentClient {
    constructor() {
      super(config);
    }
  };
  const pool = new pg.Pool({ ...config, Client });
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Where the driver looks into the environment for what a configuration leaves out, it finds a value. */
const configOf = (url: string, options: ConnectionOptions): pg.ClientConfig => {
  const complete = new URL(url);
  if (complete.port === '') complete.port = DEFAULT_PORT;
  if (complete.pathname.length < 2) complete.pathname = `/${complete.username}`;
  const fixed = { ssl: false, sslnegotiation: 'postgres', client_encoding: 'utf8' } as const;
  return { ...fixed, application_name: APPLICATION, ...options, connectionString: complete.href };
};

/** The driver takes an absent startup parameter from the environment too; poolers refuse those that they don't know. */
class IndependentClient extends pg.Client {
  declare readonly connectionParameters: object;

  constructor(config: pg.ClientConfig) {
    super(config);
    const given = new URL(config.connectionString ?? '').searchParams.get('options');
    const startup = { options: given ?? undefined, replication: undefined };
    Object.assign(this.connectionParameters, startup);
  }
}
