import { randomBytes } from 'node:crypto';
import { newCredentials } from '../account.ts';
import { probe, type ProbeRequest } from '../http-probe.ts';
import type { Server } from '../server.ts';
import { SocketProbe } from '../socket-probe.ts';
import type { Cluster } from './cluster.ts';

const newSecret = (name: string): string => `canary-${name}-${randomBytes(12).toString('hex')}`;

/** Secrets that are handed to the server in every place where secrets go, and must come out nowhere. */
export class Canaries {
  /** What each secret is, by the secret. */
  readonly #secrets = new Map<string, string>();
  /** The bodies that the server answered them with. */
  readonly answers: string[] = [];

  /** Settings of the server that are secrets. */
  readonly settings = {
    AUDIT_KEY: this.#new('audit-key-of-32-characters'),
    NODE_ENV: 'test',
    E2E_OAUTH_SIMULATION_KEY: this.#new('key-of-an-issuer-of-32-characters'),
    OPENAI_API_KEY: this.#new('model-key'),
    ANTHROPIC_API_KEY: this.#new('other-model-key'),
    OPENAI_COMPATIBLE_BASE_URL: 'http://127.0.0.1:9/v1',
    OPENAI_COMPATIBLE_API_KEY: this.#new('provider-key'),
  };

  get count(): number {
    return this.#secrets.size;
  }

  /** Says each where a client, or an attacker, would. */
  async send(server: Server): Promise<void> {
    const { email } = newCredentials();
    const password = this.#new('password');
    const post = (path: string, body: unknown, headers = {}): ProbeRequest => ({
      method: 'POST',
      path,
      body,
      headers,
    });
    const token = await this.#signUp(server, { email, password });
    const apiKey = await this.#makeApiKey(server, token);
    const requests: ProbeRequest[] = [
      post('/v1/auth/sign-in', { email, password }),
      post('/v1/auth/sign-in', { email, password: this.#new('wrong-password') }),
      post('/v1/auth/sign-in', { email, password: { deep: this.#new('password-in-object') } }),
      post('/v1/auth/sign-in', `{"email":"${email}","password":"${this.#new('password-in-broken-json')}`),
      post('/v1/auth/sign-up', { email, password: this.#new('password-of-a-taken-email') }),
      post('/v1/auth/sign-up', { email: 'x', password: this.#new('password-beside-a-bad-email') }),
      post('/v1/auth/refresh', { refreshToken: this.#new('refresh-token') }),
      post('/v1/auth/refresh', { refreshToken: [this.#new('refresh-token-in-list')] }),
      post('/v1/threads', { title: 'x', apiKey: this.#new('unknown-field') }),
      { path: '/v1/me', token: this.#new('bearer-token') },
      { path: '/v1/me', headers: { authorization: `Basic ${this.#new('basic')}` } },
      { path: '/v1/me', token, headers: { cookie: `session=${this.#new('cookie')}` } },
      { path: '/v1/me', token, headers: { 'x-api-key': this.#new('api-key-header') } },
      { path: `/v1/threads?access_token=${this.#new('token-in-query')}`, token },
      {
        path: '/v1/threads',
        token,
        headers: { 'proxy-authorization': `Bearer ${this.#new('proxy-token')}` },
      },
      { path: '/v1/nothing', token: this.#new('token-on-unknown-route') },
      { path: '/v1/me', token: apiKey },
      { path: '/v1/me', token: `${apiKey}${this.#new('behind-an-api-key')}` },
      { path: '/v1/me', token: `${token}${this.#new('behind-an-access-token')}` },
      { path: '/v1/nothing', token },
      post('/v1/threads', { title: 1 }, { authorization: `Bearer ${token}` }),
    ];
    for (const request of requests) this.answers.push((await probe(server.url, request)).text);
    const refusals = [
      await SocketProbe.refusal(server, { token: this.#new('socket-token') }),
      await SocketProbe.refusal(server, { token: { deep: this.#new('socket-token-in-object') } }),
    ];
    this.answers.push(JSON.stringify(refusals));
  }

  /** The names of the secrets in a text. */
  foundIn(text: string): string[] {
    return [...this.#secrets].filter(([secret]) => text.includes(secret)).map(([, name]) => name);
  }

  /** Every row of every table, as text. */
  async foundInDatabase(cluster: Cluster): Promise<string[]> {
    const tables = await cluster.query<{ schema: string; name: string }>(
      `select table_schema as schema, table_name as name from information_schema.tables
        where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    );
    const patterns = [...this.#secrets.keys()].map((secret) => `%${secret}%`);
    const found: string[] = [];
    for (const { schema, name } of tables) {
      const rows = await cluster.query<{ text: string }>(
        `select t::text as text from "${schema}"."${name}" t where t::text like any ($1)`,
        [patterns],
      );
      for (const { text } of rows)
        found.push(...this.foundIn(text).map((secret) => `${secret} in ${schema}.${name}`));
    }
    return found;
  }

  /** What the server itself makes and hands out once is a secret like any other. */
  async #signUp(server: Server, body: object): Promise<string> {
    const { text } = await probe(server.url, { method: 'POST', path: '/v1/auth/sign-up', body });
    const made = JSON.parse(text) as { accessToken: string; refreshToken: string };
    this.#secrets.set(made.refreshToken, 'refresh token');
    const renewed = await probe(server.url, {
      method: 'POST',
      path: '/v1/auth/refresh',
      body: { refreshToken: made.refreshToken },
    });
    const { accessToken, refreshToken } = JSON.parse(renewed.text) as typeof made;
    this.#secrets.set(made.accessToken, 'access token');
    this.#secrets.set(accessToken, 'next access token');
    this.#secrets.set(refreshToken, 'next refresh token');
    return accessToken;
  }

  async #makeApiKey(server: Server, token: string): Promise<string> {
    const body = { name: 'nightly report', permissions: ['threads:own'] };
    const { text } = await probe(server.url, { method: 'POST', path: '/v1/api-keys', body, token });
    const { key } = JSON.parse(text) as { key: string };
    this.#secrets.set(key, 'API key');
    return key;
  }

  #new(name: string): string {
    const secret = newSecret(name);
    this.#secrets.set(secret, name);
    return secret;
  }
}
