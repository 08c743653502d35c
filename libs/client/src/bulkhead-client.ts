import type { CallOptions } from './abortable.ts';
import { AuthorizedRequests } from './authorized-requests.ts';
import { GivenTokens, type TokenSource } from './given-tokens.ts';
import { ReconnectingSocket } from './reconnecting-socket.ts';
import type { Credentials, NewAccount, User } from './resources.ts';
import { RestCalls } from './rest-calls.ts';
import { Session, type SessionOptions } from './session.ts';
import { ThreadConnection, type OpenThreadOptions } from './thread-connection.ts';

/**
 * A Bulkhead server, as one signed-in user sees it. Access tokens are renewed as needed. Every method may throw
 * ProblemError, when the server refuses, ConnectionError, when it does not answer, or the reason of its signal.
 */
export class BulkheadClient extends RestCalls {
  readonly #account: Pick<Session, 'user' | 'refreshToken'>;
  readonly #socket: ReconnectingSocket;
  readonly #threads = new Set<ThreadConnection>();

  private constructor(requests: AuthorizedRequests, account: Pick<Session, 'user' | 'refreshToken'>) {
    super(requests);
    this.#account = account;
    this.#socket = new ReconnectingSocket(requests.baseUrl, requests.credential);
  }

  /** Makes an account, and signs it in. @param baseUrl e.g. `https://chat.example.org` */
  static signUp(baseUrl: string, account: NewAccount, options: SessionOptions = {}): Promise<BulkheadClient> {
    return BulkheadClient.#open(baseUrl, '/v1/auth/sign-up', account, options);
  }

  static signIn(
    baseUrl: string,
    credentials: Credentials,
    options: SessionOptions = {},
  ): Promise<BulkheadClient> {
    return BulkheadClient.#open(baseUrl, '/v1/auth/sign-in', credentials, options);
  }

  /** Goes on with a session from its `refreshToken`, which is used up by this: keep the new one. */
  static resume(
    baseUrl: string,
    refreshToken: string,
    options: SessionOptions = {},
  ): Promise<BulkheadClient> {
    return BulkheadClient.#open(baseUrl, '/v1/auth/refresh', { refreshToken }, options);
  }

  /**
   * Uses tokens of an OpenID provider that the server trusts, or an API key. Signing in and refreshing are `source`'s
   * business, which is asked before each request and each connection.
   */
  static async withTokens(
    url: string,
    source: TokenSource,
    { signal }: CallOptions = {},
  ): Promise<BulkheadClient> {
    const requests = new AuthorizedRequests(withoutSlash(url), new GivenTokens(source));
    const user = await requests.json<User>({ path: '/v1/me', ...(signal && { signal }) });
    return new BulkheadClient(requests, { user, refreshToken: '' });
  }

  static async #open(
    url: string,
    path: string,
    body: object,
    options: SessionOptions,
  ): Promise<BulkheadClient> {
    const baseUrl = withoutSlash(url);
    const session = await Session.open(baseUrl, path, body, options);
    return new BulkheadClient(new AuthorizedRequests(baseUrl, session), session);
  }

  /** The account, as it was at the last sign-in or refresh. */
  get user(): User {
    return this.#account.user;
  }

  /** For `resume`; changes with every refresh, which `onRefreshToken` tells. Empty with tokens of somebody else. */
  get refreshToken(): string {
    return this.#account.refreshToken;
  }

  /** An access token that is good now, for requests that this client does not make. */
  accessToken({ signal }: CallOptions = {}): Promise<string> {
    return this.requests.credential.token(signal);
  }

  /** Ends the session on the server at once, and disconnects; accepted runs go on. */
  async signOut(call: CallOptions = {}): Promise<void> {
    await this.requests.send({ method: 'POST', path: '/v1/auth/sign-out', ...call });
    await this.close(call);
  }

  /** Follows a thread live, and keeps following it when the connection is lost. Close it when done. */
  async openThread(options: OpenThreadOptions = {}): Promise<ThreadConnection> {
    const thread = await ThreadConnection.open(this.#socket, options);
    this.#threads.add(thread);
    thread.onStatus((status) => status === 'closed' && this.#threads.delete(thread));
    return thread;
  }

  /** Closes all threads. The session stays, and can be used again. */
  async close(call: CallOptions = {}): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.close(call)));
  }
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
