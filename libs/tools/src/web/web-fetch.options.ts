import type { AddressRules } from './address-check.ts';
import type { Resolver } from './web-connector.ts';

/**
 * `off`: agents can't fetch pages. `approve`: the owner of the run is asked about each fetch. `domains`: only pages of
 * the listed domains. `on`: any page of the public internet. Whatever the mode, the owner is asked before an address
 * of the agent's own choice is fetched in a thread that has read private data.
 */
export const WEB_FETCH_MODES = ['off', 'approve', 'domains', 'on'] as const;
export type WebFetchMode = (typeof WEB_FETCH_MODES)[number];

export interface WebFetcherOptions extends AddressRules {
  /** Default `on`. */
  readonly mode?: WebFetchMode;
  /** Those of mode `domains`, in lower case, with their subdomains. */
  readonly domains?: readonly string[];
  /** `host:port` of servers within the operator's network that agents may reach; none by default. */
  readonly allowedHosts: readonly string[];
  readonly resolver?: Resolver;
}

/** Where the options are injected; without them no host within the operator's network can be reached. */
export const WEB_FETCH_OPTIONS = Symbol('WebFetchOptions');
