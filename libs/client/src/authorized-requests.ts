import type { Credential } from './credential.ts';
import { readJson, sendRequest, type HttpRequest } from './http-request.ts';
import { ProblemError } from './problem.error.ts';

/** Requests to one server, in one user's name. */
export class AuthorizedRequests {
  constructor(
    readonly baseUrl: string,
    readonly credential: Credential,
  ) {}

  /** A refused token is renewed once. @throws ProblemError, ConnectionError, or the signal's reason */
  async send(request: HttpRequest): Promise<Response> {
    const token = await this.credential.token(request.signal);
    try {
      return await sendRequest(this.baseUrl, { ...request, token });
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 401) throw error;
      this.credential.refuse(token);
      const renewed = await this.credential.token(request.signal);
      // The same one again: there is nothing better, and the server has said what it thinks of it.
      if (renewed === token) throw error;
      return sendRequest(this.baseUrl, { ...request, token: renewed });
    }
  }

  async json<Body>(request: HttpRequest): Promise<Body> {
    return readJson<Body>(await this.send(request), request.signal);
  }
}
