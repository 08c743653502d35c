import type { JsonRecord } from '@bulkhead/user-context';
import { isRecord } from './schema-node.ts';

const MAX_STEPS = 32;

/**
 * What a reference stands for: a JSON pointer into the same document (RFC 6901) or the name of one of its anchors.
 * Undefined when there is no such place; other documents are never fetched.
 */
export function resolveReference(root: JsonRecord, reference: string): JsonRecord | undefined {
  if (!reference.startsWith('#')) return undefined;
  let path: string;
  try {
    path = decodeURIComponent(reference.slice(1));
  } catch {
    return undefined;
  }
  if (path === '') return root;
  if (!path.startsWith('/')) return anchored(root, path);
  const steps = path.slice(1).split('/');
  if (steps.length > MAX_STEPS) return undefined;
  let place: unknown = root;
  for (const step of steps) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const isThere = typeof place === 'object' && place !== null && Object.hasOwn(place, name);
    place = isThere ? (place as Record<string, unknown>)[name] : undefined;
  }
  return isRecord(place) ? place : undefined;
}

function anchored(root: JsonRecord, name: string): JsonRecord | undefined {
  const definitions = [root['$defs'], root['definitions']]
    .filter(isRecord)
    .flatMap((each) => Object.values(each));
  return definitions
    .filter(isRecord)
    .find(
      ({ $anchor, $dynamicAnchor, $id }) =>
        [$anchor, $dynamicAnchor, $id].includes(name) || $id === `#${name}`,
    );
}
