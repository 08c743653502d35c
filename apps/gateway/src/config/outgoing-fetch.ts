import { EnvHttpProxyAgent, fetch as fetchThrough, type RequestInit as ProxiedInit } from 'undici';
import type { ProxyConfig } from './proxy.config.ts';

/** A server on this machine is never reached through a proxy. */
const LOOPBACK = 'localhost,127.0.0.1,[::1]';

/**
 * `fetch` through the configured proxy, for what the operator has set up: model providers, OpenID providers, MCP servers.
 * Not for addresses that a model chooses: `web_fetch` checks the address that it connects to itself, and a proxy would
 * connect to another.
 * @returns undefined when no proxy is configured
 */
export function outgoingFetch({ HTTP_PROXY, HTTPS_PROXY, NO_PROXY }: ProxyConfig): typeof fetch | undefined {
  if (HTTP_PROXY === undefined && HTTPS_PROXY === undefined) return undefined;
  // All three are given, so that undici does not look at the environment itself.
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: HTTP_PROXY ?? '',
    httpsProxy: HTTPS_PROXY ?? '',
    noProxy: NO_PROXY === '*' ? '*' : `${LOOPBACK},${NO_PROXY}`,
  });
  // Node's own fetch is of another version of undici, which takes no dispatcher of this one.
  return async (input, init) => {
    const url = input instanceof Request ? input.url : input;
    const options = { ...init, dispatcher } as ProxiedInit;
    return await fetchThrough(url, options);
  };
}
