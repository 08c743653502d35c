import { ContextIsolationError } from './context.errors.ts';
import { claimOwnership, verifyOwnership } from './ownership-registry.ts';

const mine = Symbol('mine');
const theirs = Symbol('theirs');

/** A frozen object that `owner` owns. */
function owned<T extends object>(object: T, owner = mine): T {
  claimOwnership(object, owner);
  return Object.freeze(object);
}

describe('The ownership registry', () => {
  it('accepts what is frozen and owned at every level', () => {
    expect(() =>
      verifyOwnership(owned({ list: owned([owned({ note: 'here' }), null, 7]) }), mine),
    ).not.toThrow();
  });

  it('finds an object of another context, at any depth', () => {
    const foreign = owned({ note: 'theirs' }, theirs);
    expect(() => verifyOwnership(foreign, mine)).toThrow('not its own');
    expect(() => verifyOwnership(owned({ list: owned([foreign]) }), mine)).toThrow('not its own');
  });

  it('finds an object that nobody owns', () => {
    expect(() => verifyOwnership(owned({ stray: Object.freeze({}) }), mine)).toThrow('not its own');
  });

  it('finds an object that can change, at any depth', () => {
    const soft: object[] = [];
    claimOwnership(soft, mine);
    expect(() => verifyOwnership(soft, mine)).toThrow('can change');
    expect(() => verifyOwnership(owned({ soft }), mine)).toThrow('can change');
  });

  it('gives an object to one context only', () => {
    const object = owned({});
    expect(() => claimOwnership(object, mine)).not.toThrow();
    expect(() => claimOwnership(object, theirs)).toThrow(ContextIsolationError);
  });
});
