import fc from 'fast-check';
import { SignInBusyError } from '../auth.errors.ts';
import {
  HashingQueue,
  MAX_FAMILIAR,
  MAX_OF_SITE,
  MAX_STRANGERS,
  type PasswordOrigin,
} from './hashing-queue.ts';

/** Work that ends when it is told to, in the order in which it began. */
function workshop(atOnce = 1) {
  const queue = new HashingQueue(atOnce);
  const begun: string[] = [];
  const refused: string[] = [];
  const finish: (() => void)[] = [];
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    begun,
    refused,
    enter: (name: string, origin: PasswordOrigin): void => {
      const work = () => {
        begun.push(name);
        return new Promise<void>((resolve) => finish.push(resolve));
      };
      queue.run(work, origin).catch((error: unknown) => {
        expect(error).toBeInstanceOf(SignInBusyError);
        refused.push(name);
      });
    },
    /** Ends what is at work, so many times. */
    turn: async (times: number): Promise<void> => {
      await settled();
      for (let time = 0; time < times; time += 1) {
        for (const end of finish.splice(0)) end();
        await settled();
      }
    },
  };
}

const attackers = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `attacker ${index}`,
    address: `198.51.100.${index}`,
  }));

describe('Passwords', () => {
  it.each([1, 2])(
    'of known people get every other turn while 160 addresses attack, %i at once',
    async (atOnce) => {
      const { enter, turn, begun, refused } = workshop(atOnce);
      for (const { name, address } of attackers(160)) enter(name, { address });
      for (let person = 0; person < 12; person += 1) {
        enter(`person ${person}`, { address: `203.0.113.${person}`, familiar: `person-${person}` });
      }
      await turn(Math.ceil(24 / atOnce));
      expect(begun.filter((name) => name.startsWith('person'))).toEqual(
        Array.from({ length: 12 }, (_, person) => `person ${person}`),
      );
      expect(refused).toHaveLength(160 - MAX_STRANGERS - atOnce);
      expect(refused.every((name) => name.startsWith('attacker'))).toBe(true);
    },
  );

  it('of one account are one lane, from however many addresses it is known', async () => {
    const { enter, turn, begun, refused } = workshop();
    for (const { name, address } of attackers(40)) enter(name, { address, familiar: 'attacker' });
    enter('person', { address: '203.0.113.1', familiar: 'person' });
    await turn(2);
    expect(begun.slice(0, 3)).toContain('person');
    for (const { name, address } of attackers(60)) enter(name, { address, familiar: 'attacker' });
    enter('another', { address: '203.0.113.2', familiar: 'another' });
    await turn(2);
    expect(begun).toContain('another');
    expect(refused.length).toBeGreaterThan(0);
    expect(MAX_FAMILIAR).toBeGreaterThan(40);
  });

  it('of one IPv6 /64 are one lane, whichever of its addresses they come from', async () => {
    const { enter, turn, begun } = workshop();
    for (let host = 0; host < 20; host += 1) enter(`attacker ${host}`, { address: `2001:db8:1:2::${host}` });
    enter('person', { address: '2001:db8:3:4::1' });
    await turn(2);
    expect(begun.slice(0, 3)).toContain('person');
  });

  it('of one IPv6 /48 have a quarter of the places, from however many of its subnets', async () => {
    const { enter, turn, begun, refused } = workshop();
    for (let net = 0; net < 160; net += 1) enter(`attacker ${net}`, { address: `2001:db8:1:${net}::1` });
    enter('person', { address: '203.0.113.1' });
    await turn(MAX_OF_SITE + 1);
    expect(refused).toHaveLength(160 - MAX_OF_SITE);
    expect(begun).toContain('person');
    enter('again', { address: '2001:db8:1:7::1' });
    await turn(1);
    expect(begun).toContain('again');
  });

  it('are all hashed or refused, none twice, and never more at once than may be', async () => {
    const origin = fc.record({
      address: fc.constantFrom('203.0.113.1', '203.0.113.2', '2001:db8:1:1::1', '2001:db8:1:2::1', undefined),
      familiar: fc.option(fc.constantFrom('ada', 'ben'), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(origin, { maxLength: 200 }),
        fc.integer({ min: 1, max: 3 }),
        async (origins, atOnce) => {
          const queue = new HashingQueue(atOnce);
          let [running, most] = [0, 0];
          const outcomes = await Promise.allSettled(
            origins.map((each) =>
              queue.run(async () => {
                most = Math.max(most, (running += 1));
                await Promise.resolve();
                running -= 1;
              }, each),
            ),
          );
          expect(outcomes).toHaveLength(origins.length);
          expect(most).toBeLessThanOrEqual(atOnce);
          expect(running).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });
});
