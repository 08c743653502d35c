import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import { isPublicAddress } from './public-address.ts';

type Network = ReturnType<typeof ipaddr.parseCIDR>;

/** Whether a fetch may reach an address. */
export type AddressCheck = (address: string) => boolean;

export interface AddressRules {
  /** Networks in CIDR notation that no fetch reaches, besides all that are not public. */
  readonly deniedNetworks?: readonly string[];
  /** Of this machine, as they are now. */
  readonly interfaces?: typeof networkInterfaces;
}

/** Shorter prefixes are no subnet that a machine stands in, but the route of a tunnel. */
const SHORTEST_OWN_PREFIX = { ipv4: 8, ipv6: 32 };
/** Public by the registries, but the platform's own for its virtual machines. Source: Azure, "What is IP address 168.63.129.16?" */
const platformNetworks = ['168.63.129.16/32'];

/** @returns the complaint when the text is no list of networks */
export function networksComplaint(text: string): string | undefined {
  const wrong = networksIn(text).find((network) => !ipaddr.isValidCIDR(network));
  return wrong === undefined ? undefined : `must be networks in CIDR notation, e.g. 203.0.113.0/24: ${wrong}`;
}

export const networksIn = (text: string): string[] =>
  text
    .split(',')
    .map((network) => network.trim())
    .filter(Boolean);

/**
 * Only public addresses, and of those neither this machine's own with their subnets, which are as private as its
 * loopback where it is reached by a public address, nor those of denied networks.
 */
export function addressCheck({
  deniedNetworks = [],
  interfaces = networkInterfaces,
}: AddressRules): AddressCheck {
  const denied = [...platformNetworks, ...deniedNetworks].map((network) => ipaddr.parseCIDR(network));
  return (address) => {
    if (!isPublicAddress(address)) return false;
    const parsed = ipaddr.parse(address);
    return ![...denied, ...ownNetworks(interfaces)].some((network) => isWithin(parsed, network));
  };
}

function ownNetworks(interfaces: typeof networkInterfaces): Network[] {
  return Object.values(interfaces()).flatMap((addresses = []) =>
    addresses.flatMap(({ address, cidr }) => {
      const [own] = address.split('%');
      if (own === undefined || !ipaddr.isValid(own)) return [];
      const parsed = ipaddr.parse(own);
      const self: Network = [parsed, parsed.kind() === 'ipv4' ? 32 : 128];
      const subnet = cidr !== null && ipaddr.isValidCIDR(cidr) ? ipaddr.parseCIDR(cidr) : self;
      return subnet[1] < SHORTEST_OWN_PREFIX[parsed.kind()] ? [self] : [subnet];
    }),
  );
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, [network, prefix]: Network): boolean {
  if (address instanceof ipaddr.IPv4) return network instanceof ipaddr.IPv4 && address.match(network, prefix);
  return network instanceof ipaddr.IPv6 && address.match(network, prefix);
}
