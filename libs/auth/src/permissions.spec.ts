import { permissionsOf } from './permissions.ts';

const user = ['threads:own', 'runs:own', 'tools:calculator', 'tools:time', 'tools:notes', 'agents:delegate'];

describe('Permissions', () => {
  it.each([
    ['a user', ['user'], user],
    ['an admin', ['admin'], [...user, 'admin:read']],
    ['a user who is an admin, each once', ['user', 'admin'], [...user, 'admin:read']],
    ['nobody without a role', [], []],
    ['nobody with an unknown role', ['root', 'Admin', ' admin'], []],
    ['nobody with a role named like an inherited property', ['constructor', '__proto__', 'toString'], []],
  ])('are those of %s', (_who, roles, permissions) => {
    expect(permissionsOf(roles)).toEqual(permissions);
  });
});
