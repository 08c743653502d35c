import { anIdentity } from '@bulkhead/user-context/testing';
import { loadConfig } from '../config/gateway.config.ts';
import { ConnectionCounts } from './connection-counts.ts';
import { ConnectionLimiter } from './connection-limiter.service.ts';
import { TooManyConnectionsError } from './streaming.errors.ts';

const slotsFor = (connections: number) =>
  new ConnectionLimiter(
    loadConfig({ CONNECTIONS_PER_USER: String(connections) }),
    new ConnectionCounts('node'),
  );

describe('the connections of a user', () => {
  it('are refused beyond the limit, and let in again when one has ended', () => {
    const slots = slotsFor(2);
    const ada = anIdentity();
    const [release] = [slots.take(ada), slots.take(ada)];
    expect(() => slots.take(ada)).toThrow(new TooManyConnectionsError(2));
    release();
    expect(() => slots.take(ada)).not.toThrow();
  });

  it('are counted for that user alone', () => {
    const slots = slotsFor(1);
    slots.take(anIdentity());
    expect(() => slots.take(anIdentity())).not.toThrow();
  });

  it('are given back once, however often that is said', () => {
    const slots = slotsFor(2);
    const ada = anIdentity();
    const first = slots.take(ada);
    slots.take(ada);
    first();
    first();
    slots.take(ada);
    expect(() => slots.take(ada)).toThrow(TooManyConnectionsError);
  });

  it('leave nothing behind', () => {
    const slots = slotsFor(3);
    const releases = [anIdentity(), anIdentity()].flatMap((user) => [slots.take(user), slots.take(user)]);
    expect(slots.users).toBe(2);
    for (const release of releases) release();
    expect(slots.users).toBe(0);
  });
});
