import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newCredentials, signUp } from './account.ts';
import { Child } from './child.ts';
import { Server } from './server.ts';

const entry = join(import.meta.dirname, '..', '..', 'apps', 'chat', 'dist', 'main.js');

describe('the terminal chat', () => {
  let server: Server;
  let home: string;
  let running: Child | undefined;

  beforeAll(async () => {
    server = await Server.start();
  }, 60_000);

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'bulkhead-chat-'));
  });

  afterEach(async () => {
    if (running && !running.hasExited) running.kill('SIGKILL');
    await running?.exit;
    running = undefined;
    await rm(home, { recursive: true, force: true });
  });

  afterAll(() => server?.dispose(), 60_000);

  const chat = (...args: string[]): Child => {
    const environment = { DATA_DIR: join(home, 'data') };
    running = new Child([entry, '--url', server.url, ...args], { cwd: home, environment });
    return running;
  };

  /** What one question prints, with the exit code. */
  const once = async (...args: string[]): Promise<{ code: number | null; lines: string[] }> => {
    const child = chat(...args);
    const { code } = await child.exit;
    return { code, lines: child.output.split('\n').slice(0, -1) };
  };

  it('answers one question, and shows what happens on the way', async () => {
    const { code, lines } = await once('--once', 'What is 37 * 43, and remember it as a note?');
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      ...['run_queued', 'agent_started'],
      ...['agent_thinking', 'tool_executing', 'tool_completed'],
      ...['agent_thinking', 'tool_executing', 'tool_completed'],
      ...['agent_thinking', 'message_delta', 'agent_completed', '37'],
    ]);
    expect(lines).toContain('tool_executing calculator {"expression":"37 * 43"}');
    expect(lines).toContain('tool_completed calculator → {"result":"1591"}');
    expect(lines.at(-1)).toContain('1591');
    expect(code).toBe(0);
  });

  it('is the same user in a second process, and reads the note back', async () => {
    await once('--once', 'What is 37 * 43, and remember it as a note?');
    const { code, lines } = await once('--once', 'What did you note?');
    expect(lines.join('\n')).toMatch(/tool_executing notes_list[^]*1591/);
    expect(code).toBe(0);
  });

  it('is another user in another data folder', async () => {
    await once('--once', 'Remember that the door is green.');
    await rm(join(home, 'data'), { recursive: true });
    await once('--once', 'hello');
    expect((await once('--once', 'What did you note?')).lines.at(-1)).toContain('I find no notes');
  });

  it('keeps its password to its owner', async () => {
    await once('--once', 'hello');
    expect((await stat(join(home, 'data', 'chat-profile.json'))).mode & 0o777).toBe(0o600);
  });

  it('opens the account that it is told, or makes it', async () => {
    const known = await signUp(server);
    await known.client.createThread({ title: 'before' });
    for (const { email, password } of [known.credentials, newCredentials()]) {
      expect(await once('--email', email, '--password', password, '--once', '1 + 1')).toMatchObject({
        code: 0,
      });
    }
    expect((await known.client.threads()).items).toHaveLength(2);
  });

  it('talks to the agent that it is told', async () => {
    const { lines } = await once('--agent', 'mathematician', '--once', '/tool notes_add {"text":"x"}');
    expect(lines.join('\n')).toMatch(/^tool_completed notes_add → refused/m);
  });

  it.each([
    ['a run that fails', ['--once', '/fail'], /^agent_failed /m],
    ['an agent that does not exist', ['--agent', 'nobody', '--once', 'hi'], /unknown_agent/],
    ['a wrong password', ['--email', 'a@b.example', '--password', 'short', '--once', 'hi'], /password/i],
    ['an option that does not exist', ['--unknown'], /--unknown/],
    [
      'a server that is not there',
      ['--url', 'http://127.0.0.1:9', '--once', 'hi'],
      /No server answers at http:\S+:9\./,
    ],
  ])('says so, and exits with 1, for %s', async (_case, args, message) => {
    const { code, lines } = await once(...args);
    expect(lines.join('\n')).toMatch(message);
    expect(code).toBe(1);
  });

  it('answers question after question in one thread, or in a new one', async () => {
    const child = chat();
    child.write('What is 6 * 7?\n/new\nWhat is 7 * 8?\n/quit\n');
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.output).toMatch(/6 \* 7 = 42[^]*A new thread[^]*7 \* 8 = 56/);
  });

  it.each([
    ['n', /approval_resolved refused[^]*tool_completed notes_delete_all → refused/],
    ['y', /approval_resolved approved[^]*tool_completed notes_delete_all → \{/],
  ])('asks before a call that needs approval, and takes %s for an answer', async (answer, end) => {
    const child = chat();
    child.write('/tool notes_delete_all {}\n');
    await child.untilOutput(/Allow notes_delete_all \{\} \? y or n/);
    child.write(`${answer}\n`);
    await child.untilOutput(/agent_completed/);
    child.write('/quit\n');
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.output).toMatch(end);
  });

  it('says how to decide when it asks one question only', async () => {
    const child = chat('--once', '/tool notes_delete_all {}');
    await child.untilOutput(/POST \/v1\/approvals\/[\w-]+ \{"decision":"approve","argumentsHash":"\w{64}"\}/);
    child.kill('SIGINT');
    expect(await child.exit).toMatchObject({ code: 1 });
  });

  it('stops the running answer on Ctrl-C, and ends on the next one', async () => {
    const child = chat();
    child.write('/sleep 600000\n');
    await child.untilOutput(/agent_thinking/);
    child.kill('SIGINT');
    await child.untilOutput(/agent_cancelled/);
    child.write('1 + 1\n');
    await child.untilOutput(/agent_completed/);
    child.kill('SIGINT');
    expect(await child.exit).toEqual({ code: 0, signal: null });
  });

  it('survives a restart of the server, with nothing lost and nothing shown twice', async () => {
    const child = chat();
    child.write('What is 6 * 7?\n');
    await child.untilOutput(/agent_completed/);
    await server.stop();
    await child.untilOutput(/connection lost, reconnecting/);
    child.write('What is 7 * 8?\n/quit\n');
    await server.startAgain();
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.output.match(/^run_queued/gm)).toHaveLength(2);
    expect(child.output.match(/6 \* 7 = 42/g)).toHaveLength(1);
    expect(child.output.match(/7 \* 8 = 56/g)).toHaveLength(1);
  }, 60_000);
});
