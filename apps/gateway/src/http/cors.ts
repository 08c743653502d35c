/** Every method of the API; browsers ask before all but the first three. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** What an answer says beside its body, and a page may read. Source: https://fetch.spec.whatwg.org/#http-access-control-expose-headers */
const READABLE_HEADERS = ['content-disposition', 'etag', 'retry-after', 'www-authenticate', 'x-request-id'];

/** A day, in seconds, for which a browser may remember what it asked; those that allow less take less. */
const REMEMBERED_FOR_S = 86_400;

/** What pages of these origins may do: use the whole API with a token. No cookie is ever sent along. */
export const corsFor = (origins: readonly string[]) => ({
  origin: [...origins],
  methods: METHODS,
  exposedHeaders: READABLE_HEADERS,
  maxAge: REMEMBERED_FOR_S,
});
