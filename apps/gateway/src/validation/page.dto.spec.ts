import fc from 'fast-check';
import { fromCursor, toPage } from './page.dto.ts';

const instant = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

describe('a page', () => {
  it('names the next one exactly when there is more', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ id: fc.uuid(), createdAt: instant })),
        fc.integer({ min: 1, max: 9 }),
        (all, limit) => {
          const page = toPage(all.slice(0, limit + 1), limit, ({ id }) => id);
          expect(page.items).toEqual(all.slice(0, limit));
          expect(page.nextCursor !== undefined).toBe(all.length > limit);
          const last = all[limit - 1];
          if (page.nextCursor)
            expect(fromCursor(page.nextCursor)).toEqual({ createdAt: last?.createdAt, id: last?.id });
        },
      ),
    );
  });

  it.each([
    '2024-02-30T00:00:00.000Z 0192f0c1-7a3b-4c5d-8e6f-001122334455',
    '0000-01-01T00:00:00.000Z 0192f0c1-7a3b-4c5d-8e6f-001122334455',
    `2024-02-03T00:00:00.000Z ${'-'.repeat(36)}`,
  ])('can not begin at %s, which the database would choke on', (key) => {
    expect(() => fromCursor(Buffer.from(key).toString('base64url'))).toThrow('nextCursor');
  });

  it('can not be asked for with a made-up cursor', () => {
    fc.assert(
      fc.property(fc.string(), (cursor) => {
        expect(() => fromCursor(cursor)).toThrow('nextCursor');
      }),
    );
  });
});
