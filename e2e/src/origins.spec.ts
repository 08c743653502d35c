import { Server } from './server.ts';

const ALLOWED = 'https://chat.example.org';
const FOREIGN = 'https://elsewhere.example.org';

/** What a browser asks for a page of that origin before it sends a request. */
const preflight = (server: Server, origin: string, method: string, path: string): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type,idempotency-key',
    },
  });

describe('a page of another origin', () => {
  let server: Server;
  let operations: (readonly [method: string, path: string])[];

  beforeAll(async () => {
    server = await Server.start({ ALLOWED_ORIGINS: ALLOWED });
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => [method.toUpperCase(), path] as const),
    );
  }, 60_000);

  afterAll(() => server?.dispose(), 60_000);

  it('may send every request there is when the operator allowed its origin', async () => {
    const refused = [];
    for (const [method, path] of operations) {
      const { headers } = await preflight(server, ALLOWED, method, path);
      const methods = headers.get('access-control-allow-methods')?.split(/, */) ?? [];
      const isAllowed =
        headers.get('access-control-allow-origin') === ALLOWED &&
        methods.includes(method) &&
        headers.get('access-control-allow-headers')?.includes('authorization');
      if (!isAllowed) refused.push(`${method} ${path}`);
    }
    expect(new Set(operations.map(([method]) => method))).toContain('DELETE');
    expect(refused).toEqual([]);
  });

  it('may read what an answer says beside its body', async () => {
    const { headers } = await fetch(`${server.url}/v1/me`, { headers: { origin: ALLOWED } });
    const readable = headers.get('access-control-expose-headers')?.split(/, */);
    expect(readable).toEqual(expect.arrayContaining(['x-request-id', 'retry-after', 'etag']));
  });

  it('may do nothing when the operator did not, and no page is given a cookie', async () => {
    const { headers } = await preflight(server, FOREIGN, 'GET', '/v1/me');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    const answer = await fetch(`${server.url}/v1/me`, { headers: { origin: FOREIGN } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    const own = await fetch(`${server.url}/v1/me`, { headers: { origin: ALLOWED } });
    expect(own.headers.get('access-control-allow-credentials')).toBeNull();
    expect(own.headers.get('set-cookie')).toBeNull();
  });
});
