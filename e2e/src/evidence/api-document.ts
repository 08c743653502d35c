import { probe } from '../http-probe.ts';
import type { Server } from '../server.ts';

/** As much of a JSON schema as the API document uses. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly example?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly $ref?: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
}

/** One method of one route. */
export interface Operation {
  /** `GET /v1/threads/{threadId}` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
  readonly parameters: readonly Parameter[];
  /** Of a JSON body, if it takes one. */
  readonly body?: Schema;
  /** Takes something else than JSON, which is looked at before anything else. */
  readonly isUpload: boolean;
  readonly statuses: readonly number[];
}

interface Described {
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

/** Every route that the server says it has. */
export async function operationsOf(server: Server): Promise<Operation[]> {
  const { text } = await probe(server.url, { path: '/openapi.json' });
  const document = JSON.parse(text) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  };
  const resolve = (schema: Schema): Schema =>
    schema.$ref === undefined
      ? schema
      : (document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]): Operation => {
      const body = described.requestBody?.content['application/json'];
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        isPublic: (described.security ?? []).length === 0,
        parameters: described.parameters ?? [],
        ...(body && { body: resolve(body.schema) }),
        isUpload: described.requestBody !== undefined && body === undefined,
        statuses: Object.keys(described.responses).map(Number),
      };
    }),
  );
}

/** A body that the route would take. */
export function validBody({ path, body = {} }: Operation): Record<string, unknown> {
  const known = knownBodies[path];
  if (known) return known;
  const required = new Set(body.required ?? []);
  return Object.fromEntries(
    Object.entries(body.properties ?? {})
      .filter(([name]) => required.has(name))
      .map(([name, schema]) => [name, validValue(schema)]),
  );
}

/** What the document leaves to the accounts' own rules. */
const account = { email: 'ada@bulkhead.example', password: 'correct horse battery' };
const knownBodies: Readonly<Record<string, Record<string, unknown>>> = {
  '/v1/auth/sign-up': { ...account, displayName: 'Ada' },
  '/v1/auth/sign-in': account,
  '/v1/auth/refresh': { refreshToken: 'x' },
  '/v1/admin/users/{userId}': { isDisabled: true },
  '/v1/approvals/{approvalId}': { decision: 'refuse' },
};

function validValue(schema: Schema): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return schema.format === 'uuid' ? 'b6b2b1a0-0000-4000-8000-000000000000' : 'x';
  }
}
