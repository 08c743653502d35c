import type { ThreadEvent } from '@bulkhead/events';
import { readJson, type HttpRequest } from './http-request.ts';
import type {
  AcceptedRun,
  Agent,
  Credentials,
  Message,
  NewAccount,
  Page,
  PageOptions,
  Run,
  RunState,
  SequenceOptions,
  Thread,
  User,
} from './resources.ts';
import { readServerSentEvents } from './server-sent-events.ts';
import { Session } from './session.ts';
import { ThreadConnection, type OpenThreadOptions } from './thread-connection.ts';

export interface FollowOptions {
  /** Only what has a greater sequence; by default 0, which is everything. */
  readonly after?: number;
  readonly signal?: AbortSignal;
}

interface List<Item> {
  readonly items: readonly Item[];
}

/**
 * A Bulkhead server, as one signed-in user sees it. Access tokens are renewed as needed. Every method may throw
 * ProblemError, when the server refuses, or ConnectionError, when it does not answer.
 */
export class BulkheadClient {
  private constructor(private readonly session: Session) {}

  /** Makes an account, and signs it in. @param baseUrl e.g. `https://chat.example.org` */
  static async signUp(baseUrl: string, account: NewAccount): Promise<BulkheadClient> {
    return new BulkheadClient(await Session.open(baseUrl, '/v1/auth/sign-up', account));
  }

  static async signIn(baseUrl: string, credentials: Credentials): Promise<BulkheadClient> {
    return new BulkheadClient(await Session.open(baseUrl, '/v1/auth/sign-in', credentials));
  }

  /** Goes on with a session from its `refreshToken`, which is used up by this: keep the new one. */
  static async resume(baseUrl: string, refreshToken: string): Promise<BulkheadClient> {
    return new BulkheadClient(await Session.open(baseUrl, '/v1/auth/refresh', { refreshToken }));
  }

  /** The account, as it was at the last sign-in or refresh. */
  get user(): User {
    return this.session.user;
  }

  /** For `resume`; changes with every refresh. */
  get refreshToken(): string {
    return this.session.refreshToken;
  }

  /** An access token that is good now, for requests that this client does not know. */
  accessToken(): Promise<string> {
    return this.session.accessToken();
  }

  /** Ends the session on the server at once; accepted runs go on. */
  async signOut(): Promise<void> {
    await this.session.send({ method: 'POST', path: '/v1/auth/sign-out' });
  }

  me(): Promise<User> {
    return this.#json({ path: '/v1/me' });
  }

  async agents(): Promise<readonly Agent[]> {
    return (await this.#json<List<Agent>>({ path: '/v1/agents' })).items;
  }

  /** `title`: at most 200 characters. */
  createThread(thread: { readonly title?: string } = {}): Promise<Thread> {
    return this.#json({ method: 'POST', path: '/v1/threads', body: thread });
  }

  threads(options: PageOptions = {}): Promise<Page<Thread>> {
    return this.#json({ path: '/v1/threads', query: options });
  }

  thread(threadId: string): Promise<Thread> {
    return this.#json({ path: `/v1/threads/${encode(threadId)}` });
  }

  /** Sends a message without a live connection; see `ThreadConnection.send` for one with it. */
  sendMessage(
    threadId: string,
    message: { readonly content: string; readonly agentName?: string },
  ): Promise<AcceptedRun> {
    return this.#json({ method: 'POST', path: `/v1/threads/${encode(threadId)}/messages`, body: message });
  }

  /** Oldest first. */
  async messages(threadId: string, options: SequenceOptions = {}): Promise<readonly Message[]> {
    const path = `/v1/threads/${encode(threadId)}/messages`;
    return (await this.#json<List<Message>>({ path, query: options })).items;
  }

  /** One page of a thread's stored events, in order. */
  async events(threadId: string, options: SequenceOptions = {}): Promise<readonly ThreadEvent[]> {
    const path = `/v1/threads/${encode(threadId)}/events`;
    return (await this.#json<List<ThreadEvent>>({ path, query: options })).items;
  }

  runs(options: PageOptions = {}): Promise<Page<Run>> {
    return this.#json({ path: '/v1/runs', query: options });
  }

  run(runId: string): Promise<Run> {
    return this.#json({ path: `/v1/runs/${encode(runId)}` });
  }

  /** Asks a run to stop; doing so again, or after its end, changes nothing. */
  async cancelRun(runId: string): Promise<RunState> {
    const path = `/v1/runs/${encode(runId)}/cancel`;
    return (await this.#json<{ state: RunState }>({ method: 'POST', path })).state;
  }

  /** One page of a run's stored events, in order. */
  async runEvents(runId: string, options: SequenceOptions = {}): Promise<readonly ThreadEvent[]> {
    return (await this.#json<List<ThreadEvent>>({ path: `/v1/runs/${encode(runId)}/events`, query: options }))
      .items;
  }

  /** Follows a thread over server-sent events until the connection ends; it does not come back by itself. */
  followThread(threadId: string, options: FollowOptions = {}): AsyncGenerator<ThreadEvent> {
    return this.#follow(`/v1/threads/${encode(threadId)}/events`, options);
  }

  /** Follows a run over server-sent events, to its terminal event. */
  followRun(runId: string, options: FollowOptions = {}): AsyncGenerator<ThreadEvent> {
    return this.#follow(`/v1/runs/${encode(runId)}/events`, options);
  }

  /** Follows a thread live, and keeps following it when the connection is lost. Close it when done. */
  openThread(options: OpenThreadOptions = {}): Promise<ThreadConnection> {
    return ThreadConnection.open(this.session, options);
  }

  async *#follow(path: string, { after = 0, signal }: FollowOptions): AsyncGenerator<ThreadEvent> {
    const accept = 'text/event-stream';
    const response = await this.session.send({ path, query: { after }, accept, ...(signal && { signal }) });
    for await (const { data } of readServerSentEvents(response)) yield JSON.parse(data) as ThreadEvent;
  }

  async #json<Body>(request: HttpRequest): Promise<Body> {
    return readJson<Body>(await this.session.send(request));
  }
}

const encode = encodeURIComponent;
