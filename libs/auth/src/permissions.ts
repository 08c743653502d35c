const user = [
  'threads:own',
  'runs:own',
  'tools:calculator',
  'tools:time',
  'tools:notes',
  'agents:delegate',
] as const;

/** What each role may do. A role that is not listed may do nothing. */
const permissionsOfRole = {
  user,
  admin: [...user, 'admin:read'],
} as const satisfies Record<string, readonly string[]>;

/** What somebody with these roles may do, each permission once. */
export function permissionsOf(roles: readonly string[]): readonly string[] {
  return [...new Set(roles.flatMap((role) => (isKnown(role) ? permissionsOfRole[role] : [])))];
}

const isKnown = (role: string): role is keyof typeof permissionsOfRole =>
  Object.hasOwn(permissionsOfRole, role);
