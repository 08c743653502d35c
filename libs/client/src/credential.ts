/** What proves to the server who asks. */
export interface Credential {
  /** A token that should be good. @throws ProblemError when there is none any more, ConnectionError */
  token(signal?: AbortSignal): Promise<string>;
  /** Says that the server refused a token, whatever its expiry says: clocks differ, and sessions end early. */
  refuse(token: string): void;
}
