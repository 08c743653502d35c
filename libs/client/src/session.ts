import { orAbort, type CallOptions } from './abortable.ts';
import { ConnectionError } from './connection.error.ts';
import type { Credential } from './credential.ts';
import { readJson, sendRequest } from './http-request.ts';
import type { SignedIn, User } from './resources.ts';

/** A token that expires within this time is not used any more: it has to survive the way to the server. */
const EXPIRY_MARGIN_MS = 30_000;

export interface SessionOptions extends CallOptions {
  /** Called with each new refresh token as soon as it is there: what was stored before is used up. */
  readonly onRefreshToken?: (refreshToken: string) => void;
}

/** The tokens of one sign-in, renewed as needed. */
export class Session implements Credential {
  #current: SignedIn;
  #isRefused = false;
  #refreshing: Promise<SignedIn> | undefined;

  constructor(
    private readonly baseUrl: string,
    signedIn: SignedIn,
    private readonly options: Pick<SessionOptions, 'onRefreshToken'> = {},
  ) {
    this.#current = signedIn;
    this.options.onRefreshToken?.(signedIn.refreshToken);
  }

  /** Opens a session by posting `body` to one of the routes that answer with tokens. */
  static async open(
    baseUrl: string,
    path: string,
    body: object,
    { signal, ...options }: SessionOptions,
  ): Promise<Session> {
    const request = { method: 'POST', path, body, ...(signal && { signal }) } as const;
    return new Session(baseUrl, await readJson<SignedIn>(await sendRequest(baseUrl, request)), options);
  }

  get user(): User {
    return this.#current.user;
  }

  get refreshToken(): string {
    return this.#current.refreshToken;
  }

  /**
   * Whoever asks while a refresh is under way waits for that one: a refresh token that is used twice ends the
   * session. For the same reason a caller that gives up does not stop it.
   */
  async token(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    const expiresAt = Date.parse(this.#current.accessTokenExpiresAt);
    if (!this.#isRefused && expiresAt - EXPIRY_MARGIN_MS > Date.now()) return this.#current.accessToken;
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    return (await orAbort(this.#refreshing, signal)).accessToken;
  }

  refuse(token: string): void {
    if (token === this.#current.accessToken) this.#isRefused = true;
  }

  async #refresh(): Promise<SignedIn> {
    // Asked again when the answer is lost: the server may have made new tokens, and nobody has them.
    const signedIn = await this.#exchange().catch((error: unknown) => {
      if (error instanceof ConnectionError) return this.#exchange();
      throw error;
    });
    this.#current = signedIn;
    this.#isRefused = false;
    this.options.onRefreshToken?.(signedIn.refreshToken);
    return signedIn;
  }

  async #exchange(): Promise<SignedIn> {
    const { refreshToken } = this.#current;
    const request = { method: 'POST', path: '/v1/auth/refresh', body: { refreshToken } } as const;
    return readJson<SignedIn>(await sendRequest(this.baseUrl, request));
  }
}
