import { orAbort } from './abortable.ts';
import type { Credential } from './credential.ts';

/** Gives a token that should be good. @param refused the last one that the server did not take, if there was one */
export type TokenSource = (refused?: string) => string | Promise<string>;

/** Tokens that somebody else gives out: an OpenID provider, say. */
export class GivenTokens implements Credential {
  #refused: string | undefined;

  constructor(private readonly source: TokenSource) {}

  async token(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    return orAbort(Promise.resolve(this.source(this.#refused)), signal);
  }

  refuse(token: string): void {
    this.#refused = token;
  }
}
