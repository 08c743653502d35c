import fc from 'fast-check';
import { PayloadSeal } from './payload-seal.ts';

const seal = new PayloadSeal(Buffer.from('a key of the nodes'));
const forger = new PayloadSeal(Buffer.from('another key'));

describe('what a node tells the others', () => {
  it('arrives as it was sent', () => {
    fc.assert(fc.property(fc.string(), (payload) => seal.open(seal.close(payload)) === payload));
  });

  it('is not heard when it was not signed by a node, or was changed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (payload, place) => {
        const sealed = seal.close(payload);
        const at = place % sealed.length;
        const changed = `${sealed.slice(0, at)}\u0001${sealed.slice(at + 1)}`;
        expect([payload, forger.close(payload)].map((text) => seal.open(text))).toEqual([
          undefined,
          undefined,
        ]);
        if (changed !== sealed) expect(seal.open(changed)).toBeUndefined();
      }),
    );
  });
});
