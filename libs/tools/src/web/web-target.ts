import { isIP } from 'node:net';
import { ToolRefusalError } from '../tools.errors.ts';
import type { AddressCheck } from './address-check.ts';

const MAX_URL_LENGTH = 2_000;
const wellKnownPorts: ReadonlySet<number> = new Set([80, 443]);

/** Where a fetch goes: a URL that may be asked for, if its name resolves to what may be reached. */
export interface WebTarget {
  readonly url: URL;
  /** Whether the operator lets agents reach it wherever it is. */
  readonly isAllowed: boolean;
}

/** Host and port as `allowedHosts` names them: `wiki.internal:80`, `10.0.0.5:8080`, `[fd00::1]:443`. */
const hostAndPort = ({ hostname, port, protocol }: URL): string =>
  `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;

export const refusal = (reason: string, cause?: unknown): ToolRefusalError =>
  new ToolRefusalError(reason, { field: 'url', ...(cause !== undefined && { cause }) });

/**
 * Checks a URL before anything is resolved. The URL parser knows every spelling of an IPv4 address, so what it gives
 * is compared, never the text.
 * @throws ToolRefusalError
 */
export function webTarget(
  text: string,
  allowedHosts: readonly string[],
  isReachable: AddressCheck,
): WebTarget {
  if (text.length > MAX_URL_LENGTH) throw refusal(`The URL is longer than ${MAX_URL_LENGTH} characters.`);
  const url = parse(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refusal('Only http and https URLs can be fetched.');
  }
  if (url.username !== '' || url.password !== '')
    throw refusal('The URL must not contain a user or password.');
  const isAllowed = allowedHosts.includes(hostAndPort(url));
  if (isAllowed) return { url, isAllowed };
  const port = Number(url.port || 80);
  if (port < 1_024 && !wellKnownPorts.has(port))
    throw refusal('The port of the URL is not one of web servers.');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A literal address is never resolved, so this is the only place where it is seen.
  if (isIP(host) !== 0 && !isReachable(host)) throw notPublic();
  return { url, isAllowed };
}

/** The same for every address, so that nobody learns which there are. */
export const notPublic = (): ToolRefusalError => refusal('Only pages on the public internet can be fetched.');

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw refusal('This is not a URL. Begin with https://.', cause);
  }
}
