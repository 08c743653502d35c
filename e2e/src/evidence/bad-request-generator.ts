import type { ProbeRequest } from '../http-probe.ts';
import { badIds } from '../bad-values.ts';
import { validBody, type Operation, type Schema } from './api-document.ts';

/** A request that breaks the schema in one place. */
export interface BadCall {
  readonly operation: Operation;
  readonly request: ProbeRequest;
  /** What the refusal must name; undefined where nothing could be read. */
  readonly field?: string;
}

/** Mulberry32: the same requests on every run. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const ANY_ID = 'b6b2b1a0-0000-4000-8000-000000000000';
const json = { 'content-type': 'application/json' };
const pathIds = badIds.filter(
  (id): id is string =>
    typeof id === 'string' &&
    id.trim() !== '' &&
    id.isWellFormed() &&
    !/[/]|\0/.test(id) &&
    !id.startsWith('..'),
);

/** Every kind of bad request that the operation's schema can be broken by, each with a part of its own. */
export function badCallsOf(operation: Operation, random: (below: number) => number): BadCall[] {
  const call = (request: Partial<ProbeRequest>, field?: string): BadCall => ({
    operation,
    request: { method: operation.method, path: pathOf(operation), ...body(operation), ...request },
    ...(field !== undefined && { field }),
  });
  return [
    ...badPaths(operation, call),
    ...badQueries(operation, call, random),
    ...badBodies(operation, call, random),
  ];
}

type Call = (request: Partial<ProbeRequest>, field?: string) => BadCall;

const body = (operation: Operation): Partial<ProbeRequest> =>
  operation.body ? { body: validBody(operation) } : {};

/** @param values of path parameters; an id that nobody has for the others */
export const pathOf = ({ path }: Operation, values: Readonly<Record<string, string>> = {}): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ANY_ID));

function badPaths(operation: Operation, call: Call): BadCall[] {
  return operation.parameters
    .filter(({ in: place, schema }) => place === 'path' && schema.format === 'uuid')
    .flatMap(({ name }) => pathIds.map((id) => call({ path: pathOf(operation, { [name]: id }) }, name)));
}

function badQueries(operation: Operation, call: Call, random: (below: number) => number): BadCall[] {
  const queries = operation.parameters.filter(({ in: place }) => place === 'query');
  if (queries.length === 0) return [];
  const path = pathOf(operation);
  const junk = `zz${random(1e9).toString(36)}`;
  return [
    call({ path: `${path}?${junk}=1` }, junk),
    ...queries.flatMap(({ name, schema }) => [
      ...badTexts(schema, random).map((text) =>
        call({ path: `${path}?${name}=${encodeURIComponent(text)}` }, name),
      ),
      call({ path: `${path}?${name}=1&${name}=2` }, name),
      call({ path: `${path}?${name}[a]=1` }, name),
    ]),
  ];
}

/** Texts that a query parameter of this schema can't be. */
function badTexts(
  { type, format, enum: options, pattern, minimum, maximum }: Schema,
  random: (below: number) => number,
): string[] {
  if (type === 'number' || type === 'integer') {
    const above = maximum === undefined ? [] : [String(maximum + 1 + random(1e6))];
    return ['x', '1.5', 'NaN', '0x', String((minimum ?? 0) - 1 - random(1e6)), ...above];
  }
  if (format === 'uuid') return pathIds;
  if (options || pattern !== undefined) return [`?${random(1e9)}`, ''];
  return [];
}

function badBodies(operation: Operation, call: Call, random: (below: number) => number): BadCall[] {
  if (!operation.body) return [];
  const valid = validBody(operation);
  const names = Object.keys({ ...operation.body.properties, ...valid });
  const junk = `zz${random(1e9).toString(36)}`;
  const text = JSON.stringify({ ...valid, pad: random(1e9) });
  return [
    call({ body: { ...valid, [junk]: random(1e9) } }, junk),
    ...[null, [], [valid], random(1e9), 'text', true].map((value) =>
      call({ body: JSON.stringify(value), headers: json }, 'body'),
    ),
    call({ body: text.slice(0, 1 + random(text.length - 2)), headers: json }),
    call({ body: `${text}}`, headers: json }),
    call({ body: '', headers: json }),
    call({ body: text, headers: { 'content-type': 'text/plain' } }),
    ...names.flatMap((name) =>
      badValues(operation.body?.properties?.[name], valid[name], random).map((value) =>
        call({ body: { ...valid, [name]: value } }, name),
      ),
    ),
    ...Object.keys(valid)
      .filter((name) => requiredOf(operation, Object.keys(valid)).includes(name) && name !== 'displayName')
      .map((name) => {
        const { [name]: _left, ...rest } = valid;
        return call({ body: rest }, name);
      }),
  ];
}

/** A change may leave out everything that it does not change. */
const requiredOf = ({ name, body }: Operation, names: readonly string[]): readonly string[] =>
  body?.required ?? (name.startsWith('PATCH ') ? [] : names);

/** Values that no field of this schema can have. */
function badValues(
  schema: Schema | undefined,
  example: unknown,
  random: (below: number) => number,
): unknown[] {
  const type = schema?.type ?? (typeof example === 'string' ? 'string' : undefined);
  if (type === 'string') {
    const long = schema?.maxLength === undefined ? [] : ['a'.repeat(schema.maxLength + 1 + random(50))];
    return [
      random(1e9),
      true,
      [],
      {},
      ['x'],
      { deep: random(1e9) },
      `a\0${random(9)}`,
      'half \ud800',
      ...long,
    ];
  }
  if (type === 'number' || type === 'integer') return ['x', {}, [], true, 1e300];
  if (type === 'boolean') return ['maybe', {}, [], random(1e9) + 2];
  if (type === 'array') return ['x', random(1e9) + 2];
  if (type === 'object') return ['x', random(1e9) + 2];
  return [];
}

/** JSON texts that would change every object of a careless program, each another. */
export function pollutingBodies(random: (below: number) => number): string[] {
  const evil = `{"polluted":"${random(1e9)}"}`;
  const deep = (text: string): string =>
    Array.from({ length: 1 + random(5) }).reduce<string>((inner) => `{"a":${inner}}`, text);
  return [
    `{"__proto__":${evil}}`,
    `{"constructor":{"prototype":${evil}}}`,
    `{"prototype":${evil}}`,
    `{"title":"x","__proto__":${evil}}`,
    `{"content":"x","nested":{"__proto__":${evil}}}`,
    `{"list":[1,{"__proto__":${evil}}]}`,
    deep(`{"__proto__":${evil}}`),
    deep(`{"constructor":{"prototype":${evil}}}`),
    `{"\\u005f\\u005fproto\\u005f\\u005f":${evil}}`,
    `{"email":{"__proto__":${evil}},"password":"x"}`,
  ];
}
