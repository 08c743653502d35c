import ipaddr from 'ipaddr.js';

/** The subnet of everything that is no address. */
const UNKNOWN = 'unknown';
/** One customer's network gets at least a /64, and may use any of its addresses. Source: RFC 6177, RFC 7421. */
const SUBNET_BITS = 64;
/** The largest network that one customer usually gets. Source: RFC 6177. */
const SITE_BITS = 48;

/**
 * The key under which limits count a client's address: an IPv4 address itself, the /64 of an IPv6 address in one
 * spelling. An IPv4-mapped IPv6 address counts as the IPv4 address; a zone is dropped; anything that is no address,
 * such as that of a connection already closed, shares the key `unknown`.
 */
export const subnetOf = (address: string | undefined): string => networkOf(address, SUBNET_BITS);

/** Like `subnetOf`, with the /48 of an IPv6 address: for a higher ceiling over all subnets of one customer. */
export const siteOf = (address: string | undefined): string => networkOf(address, SITE_BITS);

function networkOf(address: string | undefined, bits: number): string {
  const [withoutZone = ''] = (address ?? '').split('%', 1);
  // Short forms such as 127.1 or 0x7f000001 are no addresses that a socket or a proxy reports.
  if (!ipaddr.IPv6.isValid(withoutZone) && !ipaddr.IPv4.isValidFourPartDecimal(withoutZone)) return UNKNOWN;
  const parsed = ipaddr.process(withoutZone);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${bits}`).toString()}/${bits}`;
}
