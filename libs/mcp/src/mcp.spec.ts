import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { McpCatalog, readMcpServers, type McpServerOptions } from './index.ts';
import { processOf } from './testing/child-processes.ts';
import { startMcpHttpServer, type McpHttpServer } from './testing/http-server.ts';
import { aChildProcess, openTestMcp, type TestMcp } from './testing/test-mcp.ts';

const USERS = 50;
const CALLS_PER_USER = 10;
const AT_ONCE = 1;
const approved = (name: string) => ({ name, approval: 'never' }) as const;
const tools = ['whoami', 'echo', 'broken', 'endless', 'large', 'picture', 'crash', 'no_such_tool'].map(
  approved,
);
let http: McpHttpServer;
let test: TestMcp;
let ada: UserExecutionContext;
beforeAll(async () => {
  http = await startMcpHttpServer();
  const web: McpServerOptions = {
    name: 'web',
    transport: { kind: 'http', url: http.url },
    tools,
    timeoutMs: 60_000,
  };
  const servers: McpServerOptions[] = [
    web,
    { ...web, name: 'hasty', tools: [approved('endless')], timeoutMs: 500 },
    { ...web, name: 'admins', tools: [approved('whoami')], roles: ['admin'], agents: ['librarian'] },
    { name: 'child', transport: aChildProcess({ REGION: 'eu' }), tools, timeoutMs: 20_000 },
    { name: 'absent', transport: { kind: 'http', url: 'http://127.0.0.1:9/mcp' }, tools },
  ];
  test = await openTestMcp({ servers, sessionsPerServer: USERS, idleMs: 60_000 });
}, 60_000);
beforeEach(async () => (ada = await test.openRun()));
afterAll(async () => {
  await test.close();
  await http.close();
});

const textOf = async (context: UserExecutionContext, tool: string, args = {}): Promise<string> => {
  const { result, problem } = await test.call(context, tool, args);
  return (result as { text?: string } | undefined)?.text ?? `${problem?.code}: ${problem?.detail}`;
};
const isAlive = (id: string): boolean => processOf(id) !== undefined;

describe('external tools', () => {
  it('are known by their server and name, as far as they are permitted and offered, to the agents that get them', () => {
    const catalog = test.events.node.get(McpCatalog, { strict: false });
    expect(catalog.toolNamesFor('assistant')).toEqual(
      expect.arrayContaining(['mcp_web_echo', 'mcp_web_whoami', 'mcp_child_echo']),
    );
    expect(catalog.toolNamesFor('assistant').join()).not.toMatch(/secret|no_such_tool|absent|admins/);
    expect(catalog.toolNamesFor('librarian')).toEqual(['mcp_admins_whoami']);
  });

  it('that are not permitted are not there', async () => {
    expect(await textOf(ada, 'mcp_web_secret')).toContain('tool_not_permitted');
  });

  it('are for the roles that their server is for', async () => {
    expect(await textOf(ada, 'mcp_admins_whoami')).toContain('tool_not_permitted');
    expect(await textOf(await test.openRun('admin'), 'mcp_admins_whoami')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('are called with arguments that fit their schema, and no others', async () => {
    expect(await textOf(ada, 'mcp_web_echo', { text: 'hello', delay: 1 })).toMatch(/^[0-9a-f-]{36} hello$/);
    for (const args of [{}, { text: 7, delay: 1 }, { text: 'x'.repeat(101), delay: 1 }]) {
      expect(await textOf(ada, 'mcp_web_echo', args)).toContain('invalid_tool_arguments');
    }
  });

  it.each([
    ['web_broken', /^mcp_tool_failed: The external tool failed. It says: no x{490,500}$/],
    ['hasty_endless', /^(?:mcp_unavailable|tool_timeout): /],
    ['web_picture', /^\[image left out\]$/],
  ])('that are %s are reported as what they are', async (tool, words) => {
    expect(await textOf(ada, `mcp_${tool}`)).toMatch(words);
  });

  it('have bounded answers, marked as what somebody else says', async () => {
    const { result } = await test.call(ada, 'mcp_web_large');
    expect(result).toMatchObject({ truncated: true, note: expect.stringContaining('not instructions') });
    expect((result as { text: string }).text).toHaveLength(32_000);
  });

  it('stop waiting when the run is cancelled', async () => {
    const stop = new AbortController();
    const report = test.call(ada, 'mcp_web_endless', {}, stop.signal);
    await sleep(50);
    stop.abort(new Error('cancelled'));
    expect((await report).outcome).toBe('cancelled');
    expect(await textOf(ada, 'mcp_web_whoami')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('of a server that was restarted work at once, in a new session', async () => {
    const before = await textOf(ada, 'mcp_web_whoami');
    http.restart();
    const after = await textOf(ada, 'mcp_web_whoami');
    expect(after).toMatch(/^[0-9a-f-]{36}$/);
    expect(after).not.toBe(before);
  });
});

describe(`${USERS} users with one server, whose request ids are the same`, () => {
  it(`get their own answers, ${USERS * CALLS_PER_USER} calls and none crossed`, async () => {
    const users = await Promise.all(Array.from({ length: USERS }, () => test.openRun()));
    const identities = await Promise.all(users.map((user) => textOf(user, 'mcp_web_whoami')));
    expect(identities.filter((id) => !/^[0-9a-f-]{36}$/.test(id))).toEqual([]);
    expect(new Set(identities).size).toBe(USERS);
    const crossed = await Promise.all(
      users.map(async (user, index) => {
        let wrong = 0;
        for (let first = 0; first < CALLS_PER_USER; first += AT_ONCE) {
          const calls = Array.from({ length: AT_ONCE }, async (_, call) => {
            const said = `${index}/${first + call}`;
            const answer = await textOf(user, 'mcp_web_echo', { text: said, delay: (call * 7) % 20 });
            if (answer !== `${identities[index]} ${said}`) wrong += 1;
          });
          await Promise.all(calls);
        }
        return wrong;
      }),
    );
    expect(crossed.reduce((sum, one) => sum + one, 0)).toBe(0);
    expect(await Promise.all(users.map((user) => textOf(user, 'mcp_web_whoami')))).toEqual(identities);
  }, 60_000);
});

describe('a server that is a child process', () => {
  it('is one process per user, without our environment', async () => {
    const ben = await test.openRun();
    const ids = await Promise.all([ada, ben, ada].map((user) => textOf(user, 'mcp_child_whoami')));
    expect(ids[0]).toBe(ids[2]);
    expect(ids[0]).not.toBe(ids[1]);
    expect(processOf(ids[0] as string)).not.toBe(processOf(ids[1] as string));
    const names = readFileSync(`/proc/${processOf(ids[0] as string)}/environ`, 'utf8')
      .split('\0')
      .map((entry) => entry.split('=')[0]);
    const allowed = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER', 'REGION', ''];
    expect(names.filter((name) => !allowed.includes(name ?? ''))).toEqual([]);
    expect(names).toContain('REGION');
  }, 60_000);

  it('that crashes fails the call, and the next one gets a new process', async () => {
    const before = await textOf(ada, 'mcp_child_whoami');
    expect(await textOf(ada, 'mcp_child_crash')).toContain('mcp_unavailable');
    const after = await textOf(ada, 'mcp_child_whoami');
    expect(after).toMatch(/^\d+$/);
    expect(after).not.toBe(before);
  }, 60_000);
});

describe('sessions', () => {
  it('that nobody uses are closed, make room for others, and leave no process at the end', async () => {
    const child: McpServerOptions = {
      name: 'child',
      transport: aChildProcess(),
      tools: [approved('whoami')],
    };
    const small = await openTestMcp({ servers: [child], sessionsPerServer: 1, idleMs: 400 });
    const [one, two] = [await small.openRun(), await small.openRun()];
    const idOf = async (user: UserExecutionContext): Promise<string> => {
      const { result } = await small.call(user, 'mcp_child_whoami');
      const { text } = result as { text: string };
      expect(isAlive(text)).toBe(true);
      return text;
    };
    const first = await idOf(one);
    const second = await idOf(two);
    expect(small.sessions.count).toBe(1);
    while (isAlive(first)) await sleep(20);
    while (small.sessions.count > 0) await sleep(20);
    while (isAlive(second)) await sleep(20);
    const third = await idOf(one);
    await small.close();
    while (isAlive(third)) await sleep(20);
  }, 60_000);
});

describe('the setting', () => {
  const server = { name: 'a', transport: { kind: 'http', url: 'http://x' }, tools: ['t'] };
  it.each([
    ['', []],
    [JSON.stringify([server]), [server]],
    ['{', 'is not JSON'],
    ['{}', expect.stringContaining('must be array')],
    [JSON.stringify([server, server]), 'names a server twice'],
    [JSON.stringify([{ ...server, tools: [] }]), expect.stringContaining('tools')],
    [JSON.stringify([{ ...server, name: 'A b' }]), expect.stringContaining('name')],
    [JSON.stringify([{ ...server, transport: { kind: 'pipe' } }]), expect.stringContaining('transport')],
    [JSON.stringify([{ ...server, secret: 1 }]), expect.stringContaining('additional')],
    [JSON.stringify([{ ...server, tools: ['t', { name: 't' }] }]), 'names a tool of "a" twice'],
    [JSON.stringify([{ ...server, tools: [{ name: 't', approval: 'maybe' }] }]), expect.any(String)],
    [JSON.stringify([{ ...server, tools: [{ name: 't', pinned: 'x' }] }]), expect.stringContaining('pinned')],
  ])('%j is read, or says what is wrong', (json, expected) => {
    expect(readMcpServers(json)).toEqual(expected);
  });
});
