import fc from 'fast-check';
import { claimAt } from './claim-path.ts';

describe('A claim', () => {
  it.each([
    ['by its name', { roles: ['a'] }, 'roles'],
    ['by a path', { realm_access: { roles: ['a'] } }, 'realm_access.roles'],
    ['named by a URL', { 'https://example.org/roles': ['a'] }, 'https://example.org/roles'],
    [
      'within one named by a URL',
      { 'https://example.org/app': { roles: ['a'] } },
      'https://example.org/app.roles',
    ],
    [
      'of a client whose id has dots',
      { resource_access: { 'my.app.example': { roles: ['a'] } } },
      'resource_access.my.app.example.roles',
    ],
    ['by a pointer', { resource_access: { 'my.app': { roles: ['a'] } } }, '/resource_access/my.app/roles'],
    ['by a pointer to a URL', { 'https://example.org/roles': ['a'] }, '/https:~1~1example.org~1roles'],
    ['by a pointer with a tilde', { 'a~b': ['a'] }, '/a~0b'],
    ['whose name begins like a pointer', { '/roles': ['a'] }, '/roles'],
    [
      'by a list of names',
      { resource_access: { 'my.app': { roles: ['a'] } } },
      ['resource_access', 'my.app', 'roles'],
    ],
    ['behind a name that leads nowhere', { 'a.b': {}, a: { b: { roles: ['a'] } } }, 'a.b.roles'],
  ])('is found %s', (_how, claims, path) => {
    expect(claimAt(claims, path)).toEqual(['a']);
  });

  it.each([
    ['in a list, where a name has a dot', { a: { b: 1 } }, ['a.b']],
    ['that is inherited', {}, 'constructor.name'],
    ['that is inherited, by a pointer', {}, '/constructor/name'],
    ['that is inherited, by a list', {}, ['__proto__', 'toString']],
    ['in a word', { roles: 'admin' }, 'roles.length'],
    ['that is empty where nothing is', {}, ''],
  ])('is not found %s', (_how, claims, path) => {
    expect(claimAt(claims, path)).toBeUndefined();
  });

  it('is found by its exact name, whatever that is', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.jsonValue()), (name, others) => {
        expect(claimAt(Object.fromEntries([...Object.entries(others), [name, 'here']]), name)).toBe('here');
      }),
    );
  });

  it('is found by the list of its names, and by its pointer, however deep', () => {
    const names = fc.array(fc.string(), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(names, (path) => {
        const claims = path.reduceRight<unknown>(
          (value, name) => Object.fromEntries([[name, value]]),
          'here',
        );
        const pointer = path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
        expect(claimAt(claims as object, path)).toBe('here');
        expect(claimAt(claims as object, pointer)).toBe('here');
      }),
    );
  });
});
