import pg from 'pg';

/** A change of one row of a user's chain, by whoever owns the database. */
export interface Tampering {
  readonly name: string;
  /** The place in a chain of so many rows that the verification must name, given the row it was done to. */
  readonly named: (seq: number, length: number) => number;
  /** $1 is the user, $2 the row, $3 the length of the chain. */
  readonly statements: readonly string[];
}

/** Every statement takes all three, whether it needs them or not. */
const isRow = 'user_id = $1 and seq = $2 and $3 > 0';
const copyOfRow = (seq: string): string =>
  `insert into bulkhead.audit_log (user_id, audit_id, at, action, trail, details, seq, key_id, mac, hash)
   select user_id, gen_random_uuid(), at, action, trail, details, ${seq}, key_id, mac, hash
     from bulkhead.audit_log where user_id = $1 and seq = least($2, $3)`;
/** Numbers and chains a user's rows anew, and puts the head to their end: what somebody does who knows how it works. */
const chainAnew = 'select pg_temp.chain_anew($1) where $2 > 0 and $3 > 0';
const toNamed = (seq: number): number => seq;

export const tamperings: readonly Tampering[] = [
  {
    name: 'the action was changed',
    named: toNamed,
    statements: [`update bulkhead.audit_log set action = action || '.not' where ${isRow}`],
  },
  {
    name: 'a detail was changed',
    named: toNamed,
    statements: [`update bulkhead.audit_log set details = details || '{"agentName":"other"}' where ${isRow}`],
  },
  {
    name: 'the address was changed, and all chained anew',
    named: toNamed,
    statements: [
      `update bulkhead.audit_log set trail = trail || '{"auditMetadata":{"clientIp":"10.0.0.1"}}' where ${isRow}`,
      chainAnew,
    ],
  },
  {
    name: 'the row was removed',
    named: toNamed,
    statements: [`delete from bulkhead.audit_log where ${isRow}`],
  },
  {
    name: 'the row was removed, and all chained anew',
    named: toNamed,
    statements: [`delete from bulkhead.audit_log where ${isRow}`, chainAnew],
  },
  {
    name: 'the last row was removed, and the head put back',
    named: (_, length) => length,
    statements: ['delete from bulkhead.audit_log where user_id = $1 and seq = $3 and $2 > 0', chainAnew],
  },
  {
    name: 'a row was inserted at the end',
    named: (_, length) => length + 1,
    statements: [copyOfRow('$3 + 1')],
  },
  {
    name: 'a row was inserted, and all chained anew',
    named: toNamed,
    statements: [
      'update bulkhead.audit_log set seq = seq + 100000 where user_id = $1 and seq >= $2 and $3 > 0',
      `insert into bulkhead.audit_log (user_id, audit_id, at, action, trail, details, seq, key_id, mac, hash)
       select user_id, gen_random_uuid(), at, action, trail, details, $2, key_id, mac, hash
         from bulkhead.audit_log where user_id = $1 and $3 > 0 order by seq desc limit 1`,
      chainAnew,
    ],
  },
];

const chainAnewFunction = `
  create or replace function pg_temp.chain_anew(p_user uuid) returns void language plpgsql as $$
  declare r record; s bigint := 0; h text := '';
  begin
    update bulkhead.audit_log set seq = seq + 1000000 where user_id = p_user;
    for r in select * from bulkhead.audit_log where user_id = p_user order by seq loop
      s := s + 1;
      h := bulkhead.audit_hash(h, r.user_id, s, r.audit_id, r.at, r.action, r.key_id, r.mac, r.trail, r.details);
      update bulkhead.audit_log set seq = s, hash = h where user_id = p_user and audit_id = r.audit_id;
    end loop;
    update bulkhead.audit_heads set seq = s, hash = h where user_id = p_user;
  end $$`;

const tables = ['audit_log', 'audit_heads', 'audit_seals'] as const;

/** The owner of the tables at work on the log, and the log as it was. */
export class Tamperer {
  private constructor(private readonly client: pg.Client) {}

  static async connect(databaseUrl: string): Promise<Tamperer> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query('create schema backup');
    for (const table of tables) await client.query(`create table backup.${table} as table bulkhead.${table}`);
    await client.query('grant temporary on database postgres to bulkhead_owner');
    await client.query('set role bulkhead_owner');
    await client.query(chainAnewFunction);
    return new Tamperer(client);
  }

  /**
   * As the role that owns the tables, which has to lift what binds even the owner.
   * @throws Error when it leaves the chain as it was: then there is nothing to be found
   */
  async apply({ name, statements }: Tampering, userId: string, seq: number, length: number): Promise<void> {
    for (const table of tables)
      await this.client.query(`alter table bulkhead.${table} no force row level security`);
    const before = await this.#chainOf(userId);
    for (const statement of statements) await this.client.query(statement, [userId, seq, length]);
    if ((await this.#chainOf(userId)) === before) throw new Error(`Nothing has changed: ${name}`);
    for (const table of tables)
      await this.client.query(`alter table bulkhead.${table} force row level security`);
  }

  async #chainOf(userId: string): Promise<unknown> {
    const { rows } = await this.client.query<{ chain: string }>(
      `select md5(string_agg(l::text, '' order by seq)) as chain from bulkhead.audit_log l where user_id = $1`,
      [userId],
    );
    return rows[0]?.chain;
  }

  async restore(): Promise<void> {
    await this.client.query('reset role');
    for (const table of tables) {
      await this.client.query(`truncate bulkhead.${table}`);
      await this.client.query(`insert into bulkhead.${table} select * from backup.${table}`);
    }
    await this.client.query('set role bulkhead_owner');
  }

  end(): Promise<void> {
    return this.client.end();
  }
}
