import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { controlEvents, eventData } from './event-schemas.ts';
import type { JsonSchema } from './json-schema.ts';
import { socketCalls } from './socket-calls.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../../docs/protocol.md'), 'utf8');

/** The rows of the table whose header begins so, by their first cell. */
function tableOf(header: string): Map<string, readonly string[]> {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${header} `));
  if (start < 0) throw new Error(`The page has no table that begins with "${header}".`);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return new Map(
    lines.slice(start + 2, end).map((line) => {
      const [name = '', ...cells] = line.split('|').slice(1, -1);
      return [name.trim().replaceAll('`', ''), cells];
    }),
  );
}

/** What a cell names, up to a semicolon and outside of parentheses, which hold explanations. */
const namesIn = (cell = ''): string[] =>
  [...(cell.split(';')[0] ?? '').replaceAll(/\(.*?\)/g, '').matchAll(/`([^`]+)`/g)]
    .map(([, name = '']) => name)
    .sort();

/** The fields of a schema as the page writes them: what may be absent has a question mark. */
function fieldsOf({
  properties = {},
  required = [],
}: {
  properties?: object;
  required?: readonly string[];
}): string[] {
  return Object.keys(properties)
    .map((name) => (required.includes(name) ? name : `${name}?`))
    .sort();
}

const shapeOf = (schema: JsonSchema): string[] => fieldsOf(schema);
const reasons = (controlEvents.connection_closing.json as { properties: { reason: { enum: string[] } } })
  .properties.reason.enum;

describe('docs/protocol.md', () => {
  const calls = socketCalls();
  const sends = tableOf('client sends');
  const types = tableOf('type');
  const controls = tableOf('server sends');

  it('names the events that clients may send, and no other', () => {
    expect([...sends.keys()].sort()).toEqual(calls.map(({ event }) => event).sort());
  });

  it.each(calls)('says what $event is sent with, and answered', ({ event, request, answer }) => {
    const [asked, answered] = sends.get(event) ?? [];
    expect([namesIn(asked), namesIn(answered)]).toEqual([shapeOf(request), shapeOf(answer)]);
  });

  it("names a thread's events, and no other", () => {
    expect([...types.keys()].sort()).toEqual(Object.keys(eventData).sort());
  });

  it.each(Object.entries(eventData))('says what %s carries', (type, { json }) => {
    expect(namesIn(types.get(type)?.[0])).toEqual(shapeOf(json));
  });

  it('names what the server sends besides, with its fields', () => {
    expect([...controls.keys()].sort()).toEqual(Object.keys(controlEvents).sort());
    for (const [type, { json }] of Object.entries(controlEvents)) {
      expect(namesIn(controls.get(type)?.[0])).toEqual(shapeOf(json));
    }
  });

  it('says what to do after each reason of a closing', () => {
    expect([...tableOf('closing reason').keys()].sort()).toEqual([...reasons].sort());
  });
});
