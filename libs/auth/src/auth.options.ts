/** What an operator may choose about sign-ins. The application's configuration provides it. */
export interface AuthOptions {
  /** Life of an access token, in seconds; 900 is a good default. Shortening it ends older tokens early. */
  readonly accessTokenTtlSeconds: number;
  /** Life of a session, in days from its sign-in; refreshing does not prolong it. 30 is a good default. */
  readonly refreshTokenTtlDays: number;
}

/** Where the options are injected. */
export const AUTH_OPTIONS = Symbol('AuthOptions');
