import { defaultSandboxOptions, Sandbox, taskFile, type SandboxOptions } from './index.ts';

const file = taskFile(import.meta.url, 'testing/hostile.task');
const opened: Sandbox[] = [];
const open = (options: Partial<SandboxOptions> = {}): Sandbox => {
  const sandbox = new Sandbox({ ...defaultSandboxOptions, workers: 2, ...options });
  opened.push(sandbox);
  return sandbox;
};
afterAll(async () => {
  await Promise.all(opened.map((sandbox) => sandbox.onModuleDestroy()));
});
const never = new AbortController().signal;
const give = (sandbox: Sandbox, input: unknown, userId = 'ada', signal = never): Promise<unknown> =>
  sandbox.run({ file, input, userId, signal });
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

describe('A task in the sandbox', () => {
  it('runs in a thread of its own, and its result comes back', async () => {
    expect(await give(open(), 'work')).toEqual({ deed: 'work', isOwnThread: true });
  });

  it('sees no setting of the process', async () => {
    expect(await give(open(), 'settings')).toBe('');
  });

  it.each([
    ['loop', 'sandbox_limit', { timeoutMs: 1_000 }],
    ['hoard', 'sandbox_limit', { memoryMb: 16, timeoutMs: 20_000 }],
    ['exit', 'sandbox_crashed', {}],
    ['throw', 'sandbox_crashed', {}],
    ['recurse', 'sandbox_crashed', {}],
  ])('that does its worst (%s) is one error, and the next task works', async (deed, code, options) => {
    const sandbox = open(options);
    expect(await codeOf(give(sandbox, deed))).toBe(code);
    expect(await give(sandbox, 'next')).toMatchObject({ deed: 'next' });
  });

  it('says which limit stopped it', async () => {
    await expect(give(open({ timeoutMs: 500 }), 'loop')).rejects.toMatchObject({
      details: { reason: 'time', limit: 500 },
    });
  });

  it('is ended by its signal, with the reason, while it runs and while it waits', async () => {
    const sandbox = open({ timeoutMs: 600_000, waitMs: 600_000 });
    const stop = new AbortController();
    const works = ['loop', 'never begun'].map((deed) => codeOf(give(sandbox, deed, 'ada', stop.signal)));
    setTimeout(() => stop.abort(new Error('the run was cancelled')), 500);
    expect(await Promise.all(works)).toEqual(['the run was cancelled', 'the run was cancelled']);
    expect(await give(sandbox, 'next')).toMatchObject({ deed: 'next' });
  });

  it('that was cancelled before never begins', async () => {
    const work = give(open(), 'work', 'ada', AbortSignal.abort(new Error('too late')));
    expect(await codeOf(work)).toBe('too late');
  });
});

describe('Users of the sandbox', () => {
  it('take turns: one who fills it leaves a worker to the others', async () => {
    const sandbox = open({ timeoutMs: 600_000, waitMs: 600_000 });
    const stop = new AbortController();
    const hogs = Array.from({ length: 10 }, () => codeOf(give(sandbox, 'loop', 'mallory', stop.signal)));
    expect(await give(sandbox, 'work', 'ada')).toMatchObject({ deed: 'work' });
    stop.abort(new Error('enough'));
    expect(new Set(await Promise.all(hogs))).toEqual(new Set(['enough']));
  });

  it('are refused when too much waits, and when they wait for too long', async () => {
    const sandbox = open({ timeoutMs: 600_000, waiting: 1, waitMs: 50 });
    const stop = new AbortController();
    const [hog, waiting, refused] = ['loop', 'waiting', 'refused'].map((deed) =>
      codeOf(give(sandbox, deed, 'mallory', stop.signal)),
    );
    expect(await Promise.all([waiting, refused])).toEqual(['sandbox_busy', 'sandbox_busy']);
    stop.abort(new Error('enough'));
    expect(await hog).toBe('enough');
  });
});
