const own = [
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
] as const;
const administration = ['admin:read', 'admin:write'] as const;

/** What a route, a socket event or a tool may ask for; `tools:team` is what the tools of the teams' own libs need. */
export type Permission = (typeof own)[number] | (typeof administration)[number];
/** A role that means something. */
export type Role = 'user' | 'admin';

/** Every role, the least first. */
export const ROLES: readonly Role[] = ['user', 'admin'];

/** What each role may do. A role that is not listed may do nothing. */
const permissionsOfRole: Readonly<Record<Role, readonly string[]>> = {
  user: own,
  admin: [...own, ...administration],
};

/** Whether a permission reaches other users. */
export const isAdministration = (permission: string): boolean =>
  (administration as readonly string[]).includes(permission);

/** Never an API key's: whoever found one could make others, and end the owner's own sessions. */
const ACCOUNT_PERMISSION: Permission = 'account:own';

/** What an API key can be permitted at most. */
export const apiKeyPermissions: readonly string[] = permissionsOfRole.admin.filter(
  (permission) => permission !== ACCOUNT_PERMISSION,
);

/**
 * What somebody with these roles may do, each permission once.
 * @param scopes of an API key: it may do what it was made for, as long as its owner may
 */
export function permissionsOf(held: readonly string[], scopes?: readonly string[] | null): readonly string[] {
  const all = [...new Set(held.flatMap((role) => (isRole(role) ? permissionsOfRole[role] : [])))];
  return scopes
    ? all.filter((permission) => scopes.includes(permission) && permission !== ACCOUNT_PERMISSION)
    : all;
}

const isRole = (role: string): role is Role => Object.hasOwn(permissionsOfRole, role);
