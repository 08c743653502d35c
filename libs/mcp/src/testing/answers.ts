import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });

/** A server as anybody would build it with the official SDK; `id` is what it answers to `whoami`. */
export function anMcpServer(id: string): McpServer {
  const server = new McpServer({ name: 'test', version: '1' });
  const none = { description: 'Takes nothing.', inputSchema: {} };
  server.registerTool('whoami', none, () => text(id));
  server.registerTool(
    'echo',
    {
      description: 'Answers a little later, out of order.',
      inputSchema: { text: z.string().max(100), delay: z.number().max(100) },
    },
    async ({ text: said, delay }) => {
      await new Promise((resolve) => setTimeout(resolve, delay));
      return text(`${id} ${said}`);
    },
  );
  server.registerTool('broken', none, () => ({ ...text(`no ${'x'.repeat(2_000)}`), isError: true }));
  server.registerTool('endless', none, () => new Promise<never>(() => undefined));
  server.registerTool('large', none, () => text('x'.repeat(100_000)));
  server.registerTool('picture', none, () => ({
    content: [{ type: 'image' as const, data: 'AAAA', mimeType: 'image/png' }],
  }));
  server.registerTool('crash', none, () => process.exit(1));
  server.registerTool('secret', none, () => text('not permitted'));
  return server;
}
