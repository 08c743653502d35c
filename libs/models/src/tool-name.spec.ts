import fc from 'fast-check';
import { acceptableName } from './tool-name.ts';

describe('the name of a tool in a history', () => {
  it('stays as the model gave it where every provider accepts it', () => {
    expect(['add', 'notes_add', '_x-1'].map((name) => acceptableName(name))).toEqual([
      'add',
      'notes_add',
      '_x-1',
    ]);
  });

  it.each(Object.getOwnPropertyNames(Object.prototype))(
    'is never that of what every object has: %s',
    (name) => {
      for (const own of [undefined, 'google', 'anthropic']) {
        expect(acceptableName(name, own)).not.toBe(name);
        expect(acceptableName(name, own) in {}).toBe(false);
      }
    },
  );

  it('is accepted whatever a model invents, and no longer than names may be', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 200 })), (name) => {
        expect(acceptableName(name)).toMatch(/^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/);
      }),
    );
  });
});
