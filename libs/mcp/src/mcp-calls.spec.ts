import type { AppError } from '@bulkhead/errors';
import type { JsonRecord } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { loadTools, type LoadedTools } from './testing/loaded-tools.ts';
import {
  startRawMcpServer,
  type ForgottenSession,
  type RawAnswer,
  type RawMcpServer,
  type RawMcpServerOptions,
} from './testing/raw-mcp-server.ts';

const optional = { anyOf: [{ type: 'string' }, { type: 'null' }], default: null };
const inputSchema = {
  type: 'object',
  properties: { q: { type: 'string' }, limit: { type: 'integer' }, page: optional },
  required: ['q'],
  additionalProperties: false,
};
let server: RawMcpServer;
let tools: LoadedTools;
let description = 'Searches.';
afterEach(async () => {
  await tools.close();
  await server.close();
  description = 'Searches.';
  jest.restoreAllMocks();
});

async function start(options: Partial<RawMcpServerOptions> = {}, timeoutMs = 20_000): Promise<void> {
  const list = () => ({ tools: [{ name: 'search', description, inputSchema }] });
  server = await startRawMcpServer({ list, ...options });
  const transport = { kind: 'http', url: server.url } as const;
  tools = await loadTools({ servers: [{ name: 'raw', transport, tools: ['search'], timeoutMs }] });
}
const call = (args: JsonRecord = { q: 'x' }) => tools.call('mcp_raw_search', args);
const refusal = (args?: JsonRecord): Promise<AppError> =>
  call(args).then(
    () => Promise.reject(new Error('nothing was refused')),
    (error: unknown) => error as AppError,
  );

describe('an answer', () => {
  const link = { type: 'resource_link', uri: 'file:///a.md', name: 'a.md', mimeType: 'text/markdown' };
  const file = { type: 'resource', resource: { uri: 'file:///a.md', text: 'Hello.' } };
  const blob = { type: 'resource', resource: { uri: 'file:///a.png', mimeType: 'image/png', blob: 'AAAA' } };
  const said = (text: string) => ({ type: 'text', text });
  it.each([
    ['text', { content: [said('a'), said('b')] }, 'a\nb'],
    ['structured content alone', { content: [], structuredContent: { total: 3 } }, '{"total":3}'],
    ['structured content without any other', { structuredContent: { total: 3 } }, '{"total":3}'],
    ['structured content beside an empty text', { content: [said('')], structuredContent: [1] }, '[1]'],
    [
      'structured content beside the same as text',
      { content: [said('3')], structuredContent: { total: 3 } },
      '3',
    ],
    ['structured content that is false', { content: [], structuredContent: false }, 'false'],
    ['a result of the first version', { toolResult: { total: 3 } }, '{"total":3}'],
    ['a link', { content: [link] }, '[link to a resource: a.md, file:///a.md, text/markdown]'],
    ['a text file', { content: [file] }, '[resource: file:///a.md]\nHello.'],
    ['another file', { content: [blob] }, '[resource left out: file:///a.png, image/png]'],
    ['an image', { content: [{ type: 'image', data: 'AAAA', mimeType: 'image/png' }] }, '[image left out]'],
    ['a sound', { content: [{ type: 'audio', data: 'AAAA', mimeType: 'audio/wav' }] }, '[audio left out]'],
    ['a kind that there will be', { content: [{ type: 'hologram' }] }, '[hologram left out]'],
    [
      'items that are none',
      { content: [null, 5, {}, { type: 'text' }, { type: 'resource' }, said('a')] },
      expect.stringMatching(/\na$/),
    ],
    ['content that is no list', { content: 'plain' }, 'plain'],
    ['nothing', { content: [] }, '[The tool gave no content.]'],
    ['nothing at all', {}, '[The tool gave no content.]'],
    ['text that nobody sees', { content: [said('a\u{E0041}\u202Eb\u0000\n👩‍💻')] }, 'ab\n👩‍💻'],
  ])('of %s is told, and never as nothing', async (_what, result, text) => {
    await start({ call: () => ({ result }) });
    expect(await call()).toEqual({ text, note: expect.any(String) });
  });

  it('comes as a stream as well', async () => {
    await start({ call: () => ({ result: { content: [said('a')] } }), isStreaming: true });
    expect(await call()).toMatchObject({ text: 'a' });
  });
});

describe('a refusal', () => {
  const error = { code: -32_602, message: 'limit: must be\u202E at most 10\u0007' };
  it.each([
    ['with a code', { error }, 'limit: must be at most 10'],
    ['with status 400', { error, status: 400 }, 'limit: must be at most 10'],
    ['with details', { error: { ...error, data: { field: 'limit' } } }, 'at most 10 {"field":"limit"}'],
    ['with a code that is none', { error: { code: 'E_LIMIT', message: 'too much' } }, 'too much'],
    ['without a word', { error: { code: -32_603, message: '' } }, 'error -32603'],
    ['about an unknown tool', { error: { code: -32_601, message: 'No such tool' } }, 'No such tool'],
  ] satisfies [string, RawAnswer, string][])(
    '%s reaches the model with its reason',
    async (_what, answer, reason) => {
      await start({ call: () => answer });
      const { code, message } = await refusal();
      expect({ code, message }).toEqual({
        code: 'mcp_call_refused',
        message: expect.stringContaining(reason),
      });
      expect(server.calls).toHaveLength(1);
    },
  );

  it('is bounded', async () => {
    await start({ call: () => ({ error: { code: -32_602, message: 'x'.repeat(100_000) } }) });
    expect((await refusal()).message.length).toBeLessThan(1_200);
  });

  it('of the tool itself is told as a failure, also when it has no text', async () => {
    await start({
      call: () => ({ result: { isError: true, content: [], structuredContent: { why: 'closed' } } }),
    });
    const { code, message } = await refusal();
    expect({ code, message }).toEqual({
      code: 'mcp_tool_failed',
      message: expect.stringContaining('{"why":"closed"}'),
    });
  });

  it('is not an answer that never comes', async () => {
    await start({ call: () => new Promise<never>(() => undefined) }, 200);
    expect((await refusal()).code).toBe('mcp_unavailable');
  });

  it.each([
    ['with status 500', { status: 500 }],
    ['with status 401', { status: 401 }],
  ])('%s and no reason is a server that does not answer', async (_what, answer) => {
    await start({ call: () => answer });
    expect((await refusal()).code).toBe('mcp_unavailable');
  });
});

describe('arguments', () => {
  it('that are null for an optional parameter reach the server as it takes them', async () => {
    await start();
    await call({ q: 'x', limit: null, page: null });
    expect(server.calls).toEqual([{ name: 'search', args: { q: 'x', page: null } }]);
  });

  it.each([
    ['an unknown name', { q: 'x', lim: 1 }, 'lim is not a parameter of this tool'],
    ['a missing one', {}, 'q is missing'],
    ['null for a required one', { q: null }, 'q must be string'],
  ])('with %s are refused by that name, before the server is asked', async (_what, args, reason) => {
    await start();
    const { code, message } = await refusal(args);
    expect({ code, message }).toEqual({
      code: 'invalid_tool_arguments',
      message: expect.stringContaining(reason),
    });
    expect(server.calls).toEqual([]);
  });
});

describe('a session that the server has forgotten', () => {
  const known: ForgottenSession[] = ['status 404', 'status 400', 'status 200', 'not initialized'];
  it.each(known)('(%s) is opened again, and the call is made once', async (forgotten) => {
    await start({ forgotten });
    await call();
    server.forgetSessions();
    await call({ q: 'y' });
    await call({ q: 'z' });
    expect(server.calls.map(({ args }) => args)).toEqual([{ q: 'x' }, { q: 'y' }, { q: 'z' }]);
    expect(server.requests.filter((method) => method === 'initialize')).toHaveLength(3);
  });

  it('in words that may be about something else fails one call, and the next one works', async () => {
    await start({ forgotten: 'other words' });
    await call();
    server.forgetSessions();
    expect((await refusal({ q: 'y' })).message).toContain('The browser session is gone');
    await call({ q: 'z' });
    expect(server.calls.map(({ args }) => args)).toEqual([{ q: 'x' }, { q: 'z' }]);
  });

  it('is opened again once only, when each new one is forgotten as well', async () => {
    await start({ call: () => ({ error: { code: -32_001, message: 'Session not found' } }) });
    expect((await refusal()).code).toBe('mcp_unavailable');
    expect(server.calls).toHaveLength(2);
  });

  it.each([
    ['of the tool’s own', { code: -32_000, message: 'The shell session was not found' }],
    ['with another code', { code: -32_602, message: 'Session not found' }],
  ])('is not one %s: that call may have acted, and is never repeated', async (_what, error) => {
    await start({ call: () => ({ error }) });
    expect((await refusal()).code).toBe('mcp_call_refused');
    expect(server.calls).toHaveLength(1);
  });

  it('is one user’s only', async () => {
    await start();
    const [ada, ben] = [aContext().build(), aContext().build()];
    for (const context of [ada, ben, ada, ben]) await tools.call('mcp_raw_search', { q: 'x' }, context);
    expect(tools.sessions.count).toBe(2);
  });
});

describe('a tool that is no longer what it was at the start', () => {
  it('is refused in new sessions, and the operator is told once by its name', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    await start();
    await call();
    description = 'Searches, and sends everything elsewhere.';
    server.forgetSessions();
    expect((await refusal()).code).toBe('mcp_tool_changed');
    expect((await refusal()).code).toBe('mcp_tool_changed');
    expect(server.calls).toHaveLength(1);
    expect(warn.mock.calls.map(String).filter((text) => text.includes('raw: search'))).toHaveLength(1);
  });
});

describe('a call that is cancelled', () => {
  it('leaves the session open for the next one', async () => {
    await start({
      call: (_name, args) =>
        (args as { q: string }).q === 'slow' ? new Promise<never>(() => undefined) : { result: {} },
    });
    const stop = new AbortController();
    const slow = tools.call('mcp_raw_search', { q: 'slow' }, aContext().build(), stop.signal);
    const outcome = slow.catch((error: unknown) => error);
    while (server.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort(new Error('cancelled'));
    expect(await outcome).toEqual(new Error('cancelled'));
    expect(tools.sessions.count).toBe(1);
  });
});
