import { signUp } from './account.ts';
import { probe } from './http-probe.ts';
import { Server } from './server.ts';

interface Operation {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly headers?: object }>>;
}
interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties?: object }>>;
    readonly securitySchemes: Readonly<Record<string, { readonly description?: string }>>;
  };
}

const routes = [
  ['post', '/v1/auth/sign-up'],
  ['post', '/v1/auth/sign-in'],
  ['post', '/v1/auth/refresh'],
  ['post', '/v1/auth/sign-out'],
  ['get', '/v1/me'],
  ['get', '/v1/agents'],
  ['post', '/v1/threads'],
  ['get', '/v1/threads'],
  ['get', '/v1/threads/{threadId}'],
  ['post', '/v1/threads/{threadId}/messages'],
  ['get', '/v1/threads/{threadId}/messages'],
  ['get', '/v1/threads/{threadId}/events'],
  ['get', '/v1/threads/{threadId}/delivery'],
  ['get', '/v1/delivery'],
  ['get', '/v1/tool-results/{resultId}'],
  ['get', '/v1/usage'],
  ['get', '/v1/activity'],
  ['get', '/v1/usage/quota'],
  ['get', '/v1/runs'],
  ['get', '/v1/runs/{runId}'],
  ['post', '/v1/runs/{runId}/cancel'],
  ['get', '/v1/runs/{runId}/events'],
  ['get', '/v1/sessions'],
  ['delete', '/v1/sessions/{sessionId}'],
  ['post', '/v1/api-keys'],
  ['get', '/v1/api-keys'],
  ['delete', '/v1/api-keys/{keyId}'],
  ['get', '/v1/admin/users'],
  ['get', '/v1/admin/users/{userId}'],
  ['patch', '/v1/admin/users/{userId}'],
  ['delete', '/v1/admin/users/{userId}'],
  ['get', '/v1/admin/users/{userId}/sessions'],
  ['delete', '/v1/admin/sessions/{sessionId}'],
  ['get', '/v1/admin/runs'],
  ['post', '/v1/admin/runs/{runId}/requeue'],
  ['get', '/v1/admin/usage'],
  ['get', '/v1/admin/users/{userId}/quotas'],
  ['put', '/v1/admin/users/{userId}/quotas'],
  ['get', '/v1/admin/flags'],
  ['get', '/v1/admin/runtime'],
  ['post', '/v1/admin/signing-keys/rotate'],
  ['put', '/v1/admin/flags/{flagName}'],
  ['get', '/v1/audit'],
  ['get', '/v1/audit/export'],
  ['get', '/v1/admin/audit'],
  ['get', '/v1/admin/audit/export'],
  ['get', '/problems'],
  ['get', '/problems/{code}'],
  ['post', '/v1/tables'],
  ['get', '/v1/tables'],
  ['patch', '/v1/threads/{threadId}'],
  ['get', '/v1/approvals'],
  ['get', '/v1/approvals/{approvalId}'],
  ['post', '/v1/approvals/{approvalId}'],
  ['get', '/v1/tables/{tableId}'],
  ['delete', '/v1/tables/{tableId}'],
  ['get', '/health/live'],
  ['get', '/health/ready'],
  ['get', '/health/startup'],
  ['get', '/metrics'],
] as const;

describe('the API document', () => {
  let server: Server;
  let document: OpenApi;

  beforeAll(async () => {
    server = await Server.start();
    const { status, contentType, text } = await probe(server.url, { path: '/openapi.json' });
    expect([status, contentType]).toEqual([200, expect.stringContaining('application/json')]);
    document = JSON.parse(text) as OpenApi;
  }, 60_000);

  afterAll(() => server?.dispose(), 60_000);

  it('is OpenAPI 3', () => {
    expect(document.openapi).toMatch(/^3\./);
  });

  it.each(routes)('describes %s %s', (method, path) => {
    expect(document.paths[path]).toHaveProperty(method);
  });

  it('describes no route that is not promised', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(new Set(described)).toEqual(new Set(routes.map((route) => route.join(' '))));
  });

  it('says of each route what it does, and of each answer what it means and which headers it has', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    for (const { summary, responses } of operations) {
      expect(summary).toMatch(/\w/);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['406', '500']));
      for (const { description, headers } of Object.values(responses)) {
        expect(description).toMatch(/\w/);
        expect(headers).toHaveProperty('x-request-id');
      }
    }
  });

  it('says what a route that needs a credential, or takes a body, refuses', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    for (const { security, requestBody, responses } of operations) {
      if (security?.length) expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403']));
      if (requestBody) expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '413', '415']));
    }
  });

  it('says which things can be asked for again by their tag, and answers them so', async () => {
    const revalidated = Object.entries(document.paths).flatMap(([path, { get }]) =>
      get && '304' in get.responses ? [path] : [],
    );
    expect(revalidated.sort()).toEqual([
      '/v1/runs/{runId}',
      '/v1/tables/{tableId}',
      '/v1/threads/{threadId}',
    ]);
    const { client } = await signUp(server);
    const token = await client.accessToken();
    const { threadId } = JSON.parse(
      (await probe(server.url, { method: 'POST', path: '/v1/threads', token, body: {} })).text,
    ) as { threadId: string };
    const path = `/v1/threads/${threadId}`;
    const first = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    expect(await probe(server.url, { path, token, headers })).toMatchObject({ status: 304, text: '' });
    const stranger = await (await signUp(server)).client.accessToken();
    expect((await probe(server.url, { path, token: stranger, headers })).status).toBe(404);
    await probe(server.url, { method: 'PATCH', path, token, body: { whenBusy: 'reject' } });
    expect((await probe(server.url, { path, token, headers })).status).toBe(200);
  });

  it('says what every body and every credential looks like', () => {
    for (const { properties } of Object.values(document.components.schemas)) {
      expect(Object.keys(properties ?? {})).not.toEqual([]);
    }
    expect(document.components.securitySchemes['bearer']?.description).toContain('API key');
    const { requestBody } = document.paths['/v1/auth/sign-up']?.['post'] ?? {};
    expect(requestBody?.content['application/json']?.schema).toMatchObject({
      required: ['email', 'password'],
      properties: { password: { minLength: 10, maxLength: 128 } },
    });
  });

  const schemasOf = (value: unknown): Record<string, unknown>[] => {
    if (typeof value !== 'object' || value === null) return [];
    const inner = Object.values(value).flatMap(schemasOf);
    return 'type' in value && !Array.isArray(value) ? [value, ...inner] : inner;
  };
  const bodyOf = (method: string, path: string): Record<string, unknown> => {
    const schema = document.paths[path]?.[method]?.requestBody?.content['application/json']?.schema ?? {};
    const name = (schema as { $ref?: string }).$ref?.split('/').at(-1);
    return { ...(name === undefined ? schema : document.components.schemas[name]) };
  };
  const bodies = () =>
    routes.flatMap(([method, path]) =>
      document.paths[path]?.[method]?.requestBody?.content['application/json']
        ? [[method, path] as const]
        : [],
    );

  it('calls whole numbers integers', () => {
    const numbers = schemasOf(document).filter(
      ({ type, format }) => type === 'number' && format !== 'double',
    );
    expect(numbers).toEqual([]);
  });

  it('says of each body that unknown fields are refused', async () => {
    expect(bodies().length).toBeGreaterThan(8);
    for (const [method, path] of bodies()) {
      expect([path, bodyOf(method, path)['additionalProperties']]).toEqual([path, false]);
    }
  });

  it('says which routes need no credential, where the server is, and its licence', () => {
    const open = routes.filter(([method, path]) => document.paths[path]?.[method]?.security?.length === 0);
    expect(open.map(([, path]) => path).sort()).toEqual([
      '/health/live',
      '/health/ready',
      '/health/startup',
      '/problems',
      '/problems/{code}',
      '/v1/auth/refresh',
      '/v1/auth/sign-in',
      '/v1/auth/sign-up',
    ]);
    expect(document).toMatchObject({ servers: [{ url: '/' }], info: { license: { name: 'Apache-2.0' } } });
  });

  it.each([
    ['post', '/v1/api-keys', 'name', { minLength: 1, maxLength: 80, pattern: expect.any(String) as string }],
    ['post', '/v1/api-keys', 'expiresInDays', { type: 'integer', minimum: 1, maximum: 365, default: 90 }],
    ['post', '/v1/threads/{threadId}/messages', 'content', { minLength: 1, maxLength: 32_000 }],
    ['post', '/v1/threads/{threadId}/messages', 'agentName', { pattern: '^[a-z][a-z0-9_]{0,63}$' }],
    ['post', '/v1/approvals/{approvalId}', 'argumentsHash', { pattern: '^[0-9a-f]{64}$' }],
    ['put', '/v1/admin/users/{userId}/quotas', 'costPerDay', { pattern: '^\\d{1,9}(?:\\.\\d{1,9})?$' }],
    ['patch', '/v1/admin/users/{userId}', 'roles', { type: 'array', uniqueItems: true }],
  ])('is as tight as the server: %s %s, %s', (method, path, field, rules) => {
    expect((bodyOf(method, path)['properties'] as Record<string, object>)[field]).toMatchObject(rules);
  });

  it('has a text for each route, made by hand', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(operations.filter(({ summary }) => /^\w+: /.test(summary ?? ''))).toEqual([]);
  });

  it('has a sister that describes Socket.IO, and names it', async () => {
    const { status, contentType, text } = await probe(server.url, { path: '/asyncapi.json' });
    expect([status, contentType]).toEqual([200, expect.stringContaining('application/json')]);
    expect(JSON.parse(text)).toMatchObject({ asyncapi: '3.0.0' });
    expect(JSON.stringify(document)).toContain('/asyncapi.json');
  });

  it('can be browsed', async () => {
    const page = await probe(server.url, { path: '/docs' });
    expect([page.status, page.contentType]).toEqual([200, expect.stringContaining('text/html')]);
  });

  it.each(['/health/live', '/health/ready'])('needs no account to ask for %s', async (path) => {
    expect((await probe(server.url, { path })).status).toBe(200);
  });

  it.each(routes.filter(([, path]) => path.startsWith('/v1') && !/sign-up|sign-in|refresh/.test(path)))(
    'wants to know who asks: %s %s',
    async (method, path) => {
      const id = 'b6b2b1a0-0000-4000-8000-000000000000';
      const request = { method: method.toUpperCase(), path: path.replace(/\{\w+\}/, id) };
      expect((await probe(server.url, request)).status).toBe(401);
    },
  );
});
