import ipaddr from 'ipaddr.js';

/** All of IPv6 that is given out for global use so far. Source: IANA, "IPv6 Global Unicast Address Assignments". */
const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/**
 * Whether an address belongs to the public internet. Default deny: what is not known as global unicast is private,
 * loopback, link-local, shared, multicast, documentation, a translation of an IPv4 address, or not given out.
 * Source: the special-purpose registries of IANA (RFC 6890).
 */
export function isPublicAddress(address: string): boolean {
  // A zone names an interface of this machine.
  if (address.includes('%') || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(globalUnicast);
}
