import { Logger } from '@nestjs/common';
import type { RateLimitStore } from '@bulkhead/persistence';
import { loadConfig } from '../config/gateway.config.ts';
import { AddressLimits } from './address-limits.service.ts';
import { RateLimits } from './rate-limits.service.ts';
import { RateLimitedError } from './rate-limits.errors.ts';

/** A database that is away: each node counts by itself. */
const away: Pick<RateLimitStore, 'query'> = { query: () => Promise.reject(new Error('away')) };
const open = (limit: number): AddressLimits =>
  new AddressLimits(
    new RateLimits(loadConfig({ REQUESTS_PER_MINUTE_PER_ADDRESS: String(limit) }), away as RateLimitStore),
  );

beforeAll(() => {
  Logger.overrideLogger(false);
});

const passed = (limits: AddressLimits, addresses: readonly string[]): number =>
  addresses.filter((address) => {
    try {
      limits.spend(address);
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(RateLimitedError);
      return false;
    }
  }).length;

describe('the limit of an address', () => {
  it('is one for the whole /64 of an IPv6 address', () => {
    const addresses = Array.from({ length: 40 }, (_, index) => `2001:db8:1:2::${index.toString(16)}`);
    expect(passed(open(20), addresses)).toBe(20);
  });

  it('has a ceiling for the /48 around it', () => {
    const addresses = Array.from({ length: 200 }, (_, index) => `2001:db8:1:${index.toString(16)}::1`);
    expect(passed(open(20), addresses)).toBe(80);
  });

  it('is another one for each IPv4 address, however that is written', () => {
    const limits = open(2);
    expect(passed(limits, ['192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1', '192.0.2.2'])).toBe(3);
    expect(limits.refusal('::ffff:c000:201')).toBeInstanceOf(RateLimitedError);
    expect(limits.refusal('192.0.2.2')).toBeUndefined();
  });
});
