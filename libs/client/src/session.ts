import { readJson, sendRequest, type HttpRequest } from './http-request.ts';
import { ProblemError } from './problem.error.ts';
import type { SignedIn, User } from './resources.ts';

/** A token that expires within this time is not used any more: it has to survive the way to the server. */
const EXPIRY_MARGIN_MS = 30_000;

/** The tokens of one sign-in, renewed as needed. */
export class Session {
  readonly baseUrl: string;
  #current: SignedIn;
  #isRefused = false;
  #refreshing: Promise<SignedIn> | undefined;

  constructor(baseUrl: string, signedIn: SignedIn) {
    this.baseUrl = withoutSlash(baseUrl);
    this.#current = signedIn;
  }

  /** Opens a session by posting `body` to one of the routes that answer with tokens. */
  static async open(baseUrl: string, path: string, body: object): Promise<Session> {
    const response = await sendRequest(withoutSlash(baseUrl), { method: 'POST', path, body });
    return new Session(baseUrl, await readJson<SignedIn>(response));
  }

  get user(): User {
    return this.#current.user;
  }

  get refreshToken(): string {
    return this.#current.refreshToken;
  }

  /**
   * A token that should be good. Whoever asks while a refresh is under way waits for that one: a refresh token
   * that is used twice ends the session.
   * @throws ProblemError when the session has ended, ConnectionError
   */
  async accessToken(): Promise<string> {
    const expiresAt = Date.parse(this.#current.accessTokenExpiresAt);
    if (!this.#isRefused && expiresAt - EXPIRY_MARGIN_MS > Date.now()) return this.#current.accessToken;
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    return (await this.#refreshing).accessToken;
  }

  /** Says that the server refused a token, whatever its expiry says: clocks differ, and sessions end early. */
  refuse(token: string): void {
    if (token === this.#current.accessToken) this.#isRefused = true;
  }

  /** An authorized request; a refused token is renewed once. */
  async send(request: HttpRequest): Promise<Response> {
    const token = await this.accessToken();
    try {
      return await sendRequest(this.baseUrl, { ...request, token });
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 401) throw error;
      this.refuse(token);
      return sendRequest(this.baseUrl, { ...request, token: await this.accessToken() });
    }
  }

  async #refresh(): Promise<SignedIn> {
    const { refreshToken } = this.#current;
    const request = { method: 'POST', path: '/v1/auth/refresh', body: { refreshToken } } as const;
    this.#current = await readJson<SignedIn>(await sendRequest(this.baseUrl, request));
    this.#isRefused = false;
    return this.#current;
  }
}

const withoutSlash = (baseUrl: string): string => baseUrl.replace(/\/+$/, '');
