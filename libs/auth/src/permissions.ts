import { teamPermissions } from './team-permissions.ts';

const user = [
  'account:own',
  'threads:own',
  'runs:own',
  'tools:calculator',
  'tools:time',
  'tools:notes',
  'tools:tables',
  'tools:web',
  'agents:delegate',
  ...teamPermissions,
] as const;

/** What each role may do. A role that is not listed may do nothing. */
const permissionsOfRole = {
  user,
  admin: [...user, 'admin:read', 'admin:write'],
} as const satisfies Record<string, readonly string[]>;

/** A role that means something. */
export type Role = keyof typeof permissionsOfRole;
/** What somebody may be permitted. */
export type Permission = (typeof permissionsOfRole)[Role][number];

/** Every role, the least first. */
export const roles = Object.keys(permissionsOfRole) as readonly Role[];

/** Never an API key's: whoever found one could make others, and end the owner's own sessions. */
const ACCOUNT_PERMISSION: Permission = 'account:own';

/** What an API key can be permitted at most. */
export const apiKeyPermissions: readonly Permission[] = permissionsOfRole.admin.filter(
  (permission) => permission !== ACCOUNT_PERMISSION,
);

/**
 * What somebody with these roles may do, each permission once.
 * @param scopes of an API key: it may do what it was made for, as long as its owner may
 */
export function permissionsOf(
  held: readonly string[],
  scopes?: readonly string[] | null,
): readonly Permission[] {
  const all = [...new Set(held.flatMap((role) => (isRole(role) ? permissionsOfRole[role] : [])))];
  return scopes
    ? all.filter((permission) => scopes.includes(permission) && permission !== ACCOUNT_PERMISSION)
    : all;
}

export const isRole = (role: string): role is Role => Object.hasOwn(permissionsOfRole, role);
