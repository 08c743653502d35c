import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a page of this origin may connect: the server's own, or one of those configured. Clients that are no
 * browser send no origin and prove themselves with a token alone.
 */
export function isAllowedOrigin(
  { origin, host }: Pick<IncomingHttpHeaders, 'origin' | 'host'>,
  allowed: ReadonlySet<string>,
): boolean {
  if (origin === undefined || allowed.has(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
