import { Ajv2020 } from 'ajv/dist/2020.js';
import { toolOptions, type McpServerOptions } from './mcp.options.ts';

const text = { type: 'string', minLength: 1, maxLength: 1_000 };
const texts = { type: 'array', items: text, maxItems: 100 };
const textsByName = { type: 'object', additionalProperties: text };
const object = (properties: object, required: readonly string[]): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const tool = object(
  {
    name: text,
    approval: { enum: ['required', 'never'] },
    pinned: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  },
  ['name'],
);
const schema = {
  type: 'array',
  maxItems: 50,
  items: object(
    {
      name: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,19}$' },
      transport: {
        oneOf: [
          object({ kind: { const: 'stdio' }, command: text, args: texts, env: textsByName }, [
            'kind',
            'command',
          ]),
          object(
            { kind: { const: 'http' }, url: { type: 'string', pattern: '^https?://' }, headers: textsByName },
            ['kind', 'url'],
          ),
        ],
      },
      tools: { type: 'array', items: { anyOf: [text, tool] }, minItems: 1, maxItems: 100 },
      roles: texts,
      agents: texts,
      timeoutMs: { type: 'integer', minimum: 100, maximum: 300_000 },
    },
    ['name', 'transport', 'tools'],
  ),
};

/** The servers in a setting's JSON, or what is wrong with it. */
export function readMcpServers(json: string): readonly McpServerOptions[] | string {
  if (json === '') return [];
  let servers: unknown;
  try {
    servers = JSON.parse(json);
  } catch {
    return 'is not JSON';
  }
  const ajv = new Ajv2020({ strict: false });
  if (!ajv.validate(schema, servers)) return ajv.errorsText(ajv.errors, { dataVar: 'servers' });
  const found = servers as McpServerOptions[];
  if (hasTwice(found.map(({ name }) => name))) return 'names a server twice';
  const twice = found.find((server) => hasTwice(toolOptions(server).map(({ name }) => name)));
  return twice ? `names a tool of "${twice.name}" twice` : found;
}

const hasTwice = (names: readonly string[]): boolean => new Set(names).size < names.length;
