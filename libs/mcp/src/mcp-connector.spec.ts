import { McpConnector } from './mcp-connector.service.ts';
import { McpUnavailableError } from './mcp.errors.ts';
import { defaultMcpOptions } from './mcp.options.ts';

describe('a server over HTTP', () => {
  it('is reached in the way that the server reaches others, and without following redirects', async () => {
    const asked: [string, RequestInit['redirect']][] = [];
    const connector = new McpConnector({
      ...defaultMcpOptions,
      fetch: (url, init) => {
        asked.push([url instanceof URL ? url.href : (url as string), init?.redirect]);
        return Promise.resolve(new Response('', { status: 502 }));
      },
    });
    const transport = { kind: 'http', url: 'http://tools.test/mcp' } as const;
    const connected = connector.connect({ name: 'far', transport, tools: [] });
    await expect(connected).rejects.toBeInstanceOf(McpUnavailableError);
    expect(asked[0]).toEqual(['http://tools.test/mcp', 'error']);
  });
});
