import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { newCredentials } from '../account.ts';
import { probe } from '../http-probe.ts';
import type { Server } from '../server.ts';
import type { Cluster } from './cluster.ts';

/** Somebody who asks, by the credential they come with. */
export interface Caller {
  readonly userId: string;
  readonly token: string;
}

/** What a caller may come with. */
export const WHO = ['anonymous', 'user', 'admin', 'expired', 'revoked'] as const;
export type Who = (typeof WHO)[number];
/** Whose the thing is that is asked for. */
export const WHAT = ['own', "another's", 'absent', 'deleted', 'malformed'] as const;
export type What = (typeof WHAT)[number];

/** Makes users, and things of users, on a real server. */
export class MatrixFixtures {
  #uploads: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cluster: Cluster,
    private readonly server: Server,
  ) {}

  async signUp(isAdmin = false): Promise<Caller> {
    const credentials = newCredentials();
    await this.#post('/v1/auth/sign-up', credentials);
    if (isAdmin) {
      const { email } = credentials;
      await this.cluster.query(`update bulkhead.accounts set roles = '{user,admin}' where email = $1`, [
        email,
      ]);
    }
    return this.#signIn(credentials);
  }

  /** Somebody whose session has ended. */
  async revoked(): Promise<Caller> {
    const caller = await this.signUp();
    await this.#post('/v1/auth/sign-out', {}, caller.token);
    return caller;
  }

  /** A token that the server signed, but for its time: signed with a key that is put among the server's own. */
  async expired(): Promise<Caller> {
    const caller = await this.signUp();
    const [header = '', payload = ''] = caller.token.split('.');
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const kid = randomUUID();
    // Retired, so that the server does not sign with it; it verifies for as long as the last token could be good.
    await this.cluster.query(
      `insert into bulkhead.signing_keys (key_id, public_jwk, private_jwk, retired_at)
       values ($1, $2, '"none"', now() + interval '1 day')`,
      [kid, JSON.stringify(publicKey.export({ format: 'jwk' }))],
    );
    const now = Math.floor(Date.now() / 1000);
    const claims = { ...decode(payload), iat: now - 7_200, exp: now - 3_600 };
    const text = `${encode({ ...decode(header), kid })}.${encode(claims)}`;
    const signature = sign(null, Buffer.from(text), privateKey).toString('base64url');
    return { ...caller, token: `${text}.${signature}` };
  }

  /** The name of a thing of the caller's, by the name of the path parameter that asks for it. Undefined: not known here. */
  make(parameter: string, caller: Caller): Promise<string> | undefined {
    switch (parameter) {
      case 'threadId':
        return this.#thread(caller);
      case 'runId':
        return this.#run(caller);
      case 'tableId':
        return this.#table(caller);
      case 'resultId':
        return this.#toolResult(caller);
      case 'approvalId':
        return this.#approval(caller);
      case 'userId':
        return this.signUp().then(({ userId }) => userId);
      case 'sessionId':
        return this.#session(caller);
      case 'keyId':
        return this.#apiKey(caller);
      default:
        return undefined;
    }
  }

  /** Takes the thing away, as whoever owns the database can. */
  async delete(parameter: string, id: string): Promise<void> {
    const [table, column] = tableOf[parameter] ?? [];
    await this.cluster.query(`delete from bulkhead.${table} where ${column} = $1`, [id]);
  }

  async #thread({ token }: Caller): Promise<string> {
    return (await this.#post<{ threadId: string }>('/v1/threads', {}, token)).threadId;
  }

  async #run(caller: Caller): Promise<string> {
    const threadId = await this.#thread(caller);
    const path = `/v1/threads/${threadId}/messages`;
    return (await this.#post<{ runId: string }>(path, { content: 'What is 1 + 1?' }, caller.token)).runId;
  }

  #table({ token }: Caller): Promise<string> {
    return this.inTurn(async () => {
      const { status, text } = await probe(this.server.url, {
        method: 'POST',
        path: `/v1/tables?name=t${randomUUID().replaceAll('-', '')}`,
        token,
        headers: { 'content-type': 'text/csv' },
        body: 'a,b\n1,2\n',
      });
      if (status !== 201) throw new Error(`The upload of a table was answered with ${status}: ${text}`);
      return (JSON.parse(text) as { tableId: string }).tableId;
    });
  }

  /** One upload after another: the server refuses a user's second one while the first is under way. */
  inTurn<R>(upload: () => Promise<R>): Promise<R> {
    const mine = this.#uploads.then(upload);
    this.#uploads = mine.catch(() => undefined);
    return mine;
  }

  /** A tool call that waits for its owner's word. */
  async #approval(caller: Caller): Promise<string> {
    const approvalId = randomUUID();
    const runId = await this.#run(caller);
    await this.cluster.query(
      `insert into bulkhead.approvals (approval_id, user_id, thread_id, run_id, tool_call_id, agent_name, tool_name,
                                       arguments, arguments_hash, expires_at)
       select $1, user_id, thread_id, run_id, 'call', agent_name, 'notes_add', '{}', 'hash', now() + interval '1 hour'
         from bulkhead.runs where run_id = $2`,
      [approvalId, runId],
    );
    return approvalId;
  }

  /** A sign-in of the caller's on another device. */
  async #session({ userId }: Caller): Promise<string> {
    const sessionId = randomUUID();
    await this.cluster.query(
      `insert into bulkhead.sessions (session_id, user_id, expires_at) values ($1, $2, now() + interval '1 day')`,
      [sessionId, userId],
    );
    return sessionId;
  }

  async #apiKey({ token }: Caller): Promise<string> {
    const key = { name: 'nightly report', permissions: ['threads:own'] };
    return (await this.#post<{ keyId: string }>('/v1/api-keys', key, token)).keyId;
  }

  /** Stored as the server stores it when a tool's result is too large for its event. */
  async #toolResult(caller: Caller): Promise<string> {
    const resultId = randomUUID();
    const runId = await this.#run(caller);
    await this.cluster.query(
      `insert into bulkhead.tool_results (result_id, user_id, thread_id, run_id, seq, content)
       select $1, user_id, thread_id, run_id, 1, '{}' from bulkhead.runs where run_id = $2`,
      [resultId, runId],
    );
    return resultId;
  }

  async #signIn(credentials: object): Promise<Caller> {
    const answer = await this.#post<{ accessToken: string; user: { userId: string } }>(
      '/v1/auth/sign-in',
      credentials,
    );
    return { token: answer.accessToken, userId: answer.user.userId };
  }

  async #post<Answer>(path: string, body: object, token?: string): Promise<Answer> {
    const request = { method: 'POST', path, body, ...(token !== undefined && { token }) };
    const { status, text } = await probe(this.server.url, request);
    if (status >= 300) throw new Error(`${path} answered ${status}: ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Answer;
  }
}

const tableOf: Readonly<Record<string, readonly [table: string, column: string]>> = {
  threadId: ['threads', 'thread_id'],
  runId: ['runs', 'run_id'],
  tableId: ['tables', 'table_id'],
  resultId: ['tool_results', 'result_id'],
  approvalId: ['approvals', 'approval_id'],
  userId: ['accounts', 'user_id'],
  sessionId: ['sessions', 'session_id'],
  keyId: ['sessions', 'session_id'],
};

const decode = (part: string): object => JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
