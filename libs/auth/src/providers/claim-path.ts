/**
 * Where a claim is: its name; a path of names with dots between, `realm_access.roles`; a JSON pointer,
 * `/resource_access/my.app/roles`; or a list of names, each exact.
 */
export type ClaimPath = string | readonly string[];

/**
 * The claim at a path, or undefined. An exact name goes before its parts at every step, since names may have dots
 * themselves: those of URLs (`https://example.org/roles`) and of clients (`resource_access.my.app.roles`).
 * Source of pointers: RFC 6901.
 */
export function claimAt(claims: object, path: ClaimPath): unknown {
  if (typeof path !== 'string') return follow(claims, path);
  const exact = atDots(claims, path.split('.'));
  if (exact !== undefined || !path.startsWith('/')) return exact;
  return follow(claims, path.slice(1).split('/').map(unescape));
}

const unescape = (name: string): string => name.replaceAll('~1', '/').replaceAll('~0', '~');

const follow = (value: unknown, names: readonly string[]): unknown =>
  names.reduce<unknown>((found, name) => own(found, name), value);

/** Looks for the longest name first, and goes back to shorter ones where that leads nowhere. */
function atDots(value: unknown, parts: readonly string[]): unknown {
  if (parts.length === 0) return value;
  for (let length = parts.length; length > 0; length -= 1) {
    const next = own(value, parts.slice(0, length).join('.'));
    const found = next === undefined ? undefined : atDots(next, parts.slice(length));
    if (found !== undefined) return found;
  }
  return undefined;
}

const own = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
