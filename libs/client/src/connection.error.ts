/** The server did not answer, or the connection broke before it did. Trying again may help. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}
