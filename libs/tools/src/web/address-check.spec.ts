import type { networkInterfaces } from 'node:os';
import { addressCheck, networksComplaint, networksIn } from './address-check.ts';

type Interfaces = ReturnType<typeof networkInterfaces>;
const interfaceOf = (address: string, cidr: string | null): Interfaces => ({
  eth0: [{ address, cidr, internal: false, mac: '-', netmask: '-', family: 'IPv4' }],
});
const reaches = (address: string, own: Interfaces = {}, deniedNetworks: string[] = []): boolean =>
  addressCheck({ interfaces: () => own, deniedNetworks })(address);

describe('A fetch reaches', () => {
  it.each(['93.184.215.14', '2606:4700::1111'])('an address of the internet: %s', (address) =>
    expect(reaches(address, interfaceOf('10.0.0.2', '10.0.0.2/24'))).toBe(true),
  );

  it.each([
    ['93.184.215.14', '93.184.215.14', '93.184.215.14/24'],
    ['93.184.215.99', '93.184.215.14', '93.184.215.14/24'],
    ['93.184.215.14', '93.184.215.14', null],
    ['2606:4700::1111', '2606:4700::2', '2606:4700::2/64'],
    ['2606:4700:0:0:ffff::1', '2606:4700::2', '2606:4700::2/64'],
  ])('nothing of a subnet that this machine stands in: %s beside %s', (address, own, cidr) =>
    expect(reaches(address, interfaceOf(own, cidr))).toBe(false),
  );

  it('all but itself where a tunnel routes everything', () => {
    const tunnel = interfaceOf('93.184.215.14', '93.184.215.14/1');
    expect([reaches('93.184.215.14', tunnel), reaches('93.184.215.15', tunnel)]).toEqual([false, true]);
  });

  it('what the interfaces are when it connects', () => {
    let own: Interfaces = {};
    const check = addressCheck({ interfaces: () => own });
    expect(check('93.184.215.14')).toBe(true);
    own = interfaceOf('93.184.215.14', '93.184.215.14/32');
    expect(check('93.184.215.14')).toBe(false);
  });

  it.each([
    ['93.184.215.14', '93.184.0.0/16'],
    ['2606:4700::1111', '2606:4700::/32'],
  ])('nothing of a denied network: %s in %s', (address, network) => {
    expect(reaches(address, {}, [network])).toBe(false);
    expect(reaches('1.1.1.1', {}, [network])).toBe(true);
  });

  it('nothing that only virtual machines of a platform reach', () => {
    expect(reaches('168.63.129.16')).toBe(false);
  });

  /** Every block of both special-purpose registries of IANA that is not wholly covered by another. */
  it.each([
    ...['0.0.0.1', '10.1.1.1', '100.64.0.1', '127.0.0.1', '169.254.0.1', '172.16.0.1', '192.0.0.1'],
    ...[
      '192.0.0.9',
      '192.0.0.170',
      '192.0.2.1',
      '192.31.196.1',
      '192.52.193.1',
      '192.88.99.1',
      '192.168.0.1',
    ],
    ...['192.175.48.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1'],
    ...['255.255.255.255', '::1', '::', '::ffff:93.184.215.14', '::93.184.215.14', '64:ff9b::5db8:d70e'],
    ...['64:ff9b:1::1', '100::1', '100:0:0:1::1', '2001::1', '2001:1::1', '2001:1::2', '2001:2::1'],
    ...['2001:3::1', '2001:4:112::1', '2001:5::1', '2001:10::1', '2001:20::1', '2001:30::1', '2001:db8::1'],
    ...['2002:5db8:d70e::1', '2620:4f:8000::1', '3fff::1', '5f00::1', 'fc00::1', 'fe80::1', 'fec0::1'],
    ...['ff02::1', '2001:0:5db8:d70e::1'],
  ])('nothing of a special purpose: %s', (address) => expect(reaches(address)).toBe(false));
});

describe('A list of networks', () => {
  it('may be empty, and have blanks', () => {
    expect(networksIn('')).toEqual([]);
    expect(networksIn(' 203.0.113.0/24 , 2001:db8::/32')).toEqual(['203.0.113.0/24', '2001:db8::/32']);
    expect(networksComplaint('203.0.113.0/24,2001:db8::/32')).toBeUndefined();
  });

  it.each(['203.0.113.0', '203.0.113.0/33', 'everything', '2001:db8::/129'])(
    'is refused with %s',
    (network) => expect(networksComplaint(`10.0.0.0/8,${network}`)).toContain(network),
  );
});
