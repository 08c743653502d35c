import fc from 'fast-check';
import { siteOf, subnetOf } from './subnet.ts';

describe('the subnet of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:CB00:7107', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['::1', '::/64'],
    ['::ffff:1', '::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
  ])('of %s is %s', (address, expected) => {
    expect(subnetOf(address)).toBe(expected);
  });

  it.each([
    undefined,
    '',
    'unknown',
    '127.1',
    '0x7f000001',
    '010.0.0.1',
    '203.0.113.7:80',
    '[::1]',
    '::1/64',
    '%',
  ])('of %j, which is no full address, is the one of all such', (text) => {
    expect(subnetOf(text)).toBe('unknown');
  });

  it('is the same for all addresses of a /64, and another for those of a different one', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const prefix = fc.tuple(fc.integer({ min: 0x2000, max: 0x3fff }), group, group, group);
    const host = fc.tuple(group, group, group, group);
    const written = (...groups: number[]) => groups.map((each) => each.toString(16)).join(':');
    fc.assert(
      fc.property(prefix, prefix, host, host, (one, other, first, second) => {
        expect(subnetOf(written(...one, ...first))).toBe(subnetOf(written(...one, ...second)));
        const isSame = String(one) === String(other);
        expect(subnetOf(written(...one, ...first)) === subnetOf(written(...other, ...first))).toBe(isSame);
        expect(siteOf(written(...one, ...first))).toMatch(/\/48$/);
      }),
    );
  });

  it('is of a bounded length whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(subnetOf(text).length).toBeLessThanOrEqual(43)));
  });
});

describe('the site of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['nonsense', 'unknown'],
  ])('of %s is %s', (address, expected) => {
    expect(siteOf(address)).toBe(expected);
  });
});
