import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** Under which names the server may be asked. */
export type AllowedHost = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => boolean;

/**
 * Reads ALLOWED_HOSTS. A page that a user visits may point a name of its own at the server's address (DNS rebinding):
 * to the browser the server is then of the page's origin, so the name in `Host` is all that gives it away. Without a
 * list, a server that listens on loopback takes loopback names only, and any other takes every name. The address that
 * the connection came in on is always a good name: rebinding needs another one. No browser leaves `Host` out.
 * @param host where the server listens
 * @param names comma-separated host names without port
 */
export function allowedHosts(host: string, names: string): AllowedHost {
  const listed = new Set(names.toLowerCase().split(',').filter(Boolean));
  const takesAll = listed.size === 0 && !isLoopback(host);
  return ({ headers, socket }) => {
    if (takesAll || headers.host === undefined) return true;
    const name = nameOf(headers.host);
    if (name === undefined) return false;
    if (listed.has(name) || isSameAddress(name, socket.localAddress)) return true;
    return listed.size === 0 && isLoopback(name);
  };
}

/** Tells whether a name or an address leads to this machine only. Source: RFC 6761, section 6.3; RFC 1122; RFC 4291. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return ipaddr.isValid(name) && ipaddr.process(name).range() === 'loopback';
}

/** The name in a Host header, without port and brackets; undefined when it is none. */
function nameOf(header: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d*)?$/i.exec(header) ?? [];
  return (bracketed ?? plain)?.toLowerCase();
}

function isSameAddress(name: string, local: string | undefined): boolean {
  if (local === undefined || !ipaddr.isValid(name) || !ipaddr.isValid(local)) return false;
  return ipaddr.process(name).toString() === ipaddr.process(local).toString();
}
