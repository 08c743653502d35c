import { apiKeyPermissions, permissionsOf, ROLES } from './permissions.ts';

const user = [
  'account:own',
  'threads:own',
  'runs:own',
  'tools:calculator',
  'tools:time',
  'tools:notes',
  'tools:tables',
  'tools:web',
  'tools:mcp',
  'tools:team',
  'agents:delegate',
];

describe('Permissions', () => {
  it.each([
    ['a user', ['user'], user],
    ['an admin', ['admin'], [...user, 'admin:read', 'admin:write']],
    ['a user who is an admin, each once', ['user', 'admin'], [...user, 'admin:read', 'admin:write']],
    ['nobody without a role', [], []],
    ['nobody with an unknown role', ['root', 'Admin', ' admin'], []],
    ['nobody with a role named like an inherited property', ['constructor', '__proto__', 'toString'], []],
  ])('are those of %s', (_who, roles, permissions) => {
    expect(permissionsOf(roles)).toEqual(permissions);
  });

  it.each([
    ['what it was made for', ['user'], ['runs:own'], ['runs:own']],
    ['nothing that its owner may not', ['user'], ['runs:own', 'admin:read'], ['runs:own']],
    ['nothing when its owner may nothing', [], ['runs:own'], []],
    ['nothing that does not exist', ['admin'], ['everything', '*'], []],
    ['nothing about its owner’s account', ['admin'], ['account:own', 'threads:own'], ['threads:own']],
  ])('of an API key are %s', (_what, roles, scopes, permissions) => {
    expect(permissionsOf(roles, scopes)).toEqual(permissions);
  });

  it('of an API key can be all but those of the account', () => {
    expect(apiKeyPermissions).toEqual([...user.slice(1), 'admin:read', 'admin:write']);
  });

  it('grow with the roles in their order', () => {
    expect(ROLES).toEqual(['user', 'admin']);
  });
});
