import { defaultSandboxOptions, Sandbox, type SandboxOptions } from '@bulkhead/sandbox';
import fc from 'fast-check';
import { MAX_PAGE_DEPTH, nestsTooDeep } from './page-depth.ts';
import { pageText, type PageText } from './page-text.ts';

const opened: Sandbox[] = [];
const open = (options: Partial<SandboxOptions> = {}): Sandbox => {
  const sandbox = new Sandbox({ ...defaultSandboxOptions, ...options });
  opened.push(sandbox);
  return sandbox;
};
// A busy machine is not the subject here.
const sandbox = open({ timeoutMs: 25_000 });
afterAll(async () => {
  await Promise.all(opened.map((each) => each.onModuleDestroy()));
});
const read = (html: string, within = sandbox): Promise<PageText> =>
  pageText(
    within,
    { body: Buffer.from(html), contentType: 'text/html' },
    { userId: 'ada', signal: new AbortController().signal },
  );
const megabyte = (piece: string): string => piece.repeat(Math.floor(1_000_000 / piece.length));

describe('A page that nests its elements without end', () => {
  it.each(['<div>', '<ul><li>', '<table><tr><td>', '<span>', '<blockquote>', '<p><b>', '<svg>', '<form>'])(
    'is refused for it: a megabyte of %s',
    async (piece) => {
      await expect(read(megabyte(piece))).rejects.toMatchObject({
        code: 'tool_refused',
        message: expect.stringContaining('too deep'),
      });
    },
  );

  it('is told by its depth, wherever in it that is', () => {
    const depth = fc.integer({ min: 1, max: 2 * MAX_PAGE_DEPTH });
    const tag = fc.constantFrom('div', 'span', 'blockquote', 'section');
    fc.assert(
      fc.property(fc.string(), tag, depth, fc.boolean(), (before, name, levels, isClosed) => {
        const page = `${before.replaceAll('<', '')}<p>x</p>${`<${name}>`.repeat(levels)}`;
        const end = isClosed ? `</${name}>`.repeat(levels) : '';
        expect(nestsTooDeep(page + end)).toBe(levels > MAX_PAGE_DEPTH);
      }),
    );
  });

  it('is no page that has many elements side by side', () => {
    expect(nestsTooDeep(megabyte('<div><p>a</p><br></div>'))).toBe(false);
  });
});

describe('A page that is written for its reader to stumble', () => {
  it.each([
    ...[
      '<p>',
      '<tr><td>x',
      '<td colspan=9999 rowspan=9999>x</td>',
      '</div>',
      '<!--',
      '<![CDATA[',
      '<script>',
    ],
    ...['&', '&nbsp;', '<', '<b><i></b></i>', '<hr>', '<title>', '<br>', '\n \t', 'x'],
  ])('is read, however that looks: a megabyte of %j', async (piece) => {
    expect(typeof (await read(megabyte(piece))).text).toBe('string');
  });

  it('that needs too much memory is refused for that, and the next page is read', async () => {
    const small = open({ memoryMb: 24 });
    await expect(read(`<ol>${megabyte('<li>a')}`, small)).rejects.toMatchObject({
      code: 'sandbox_limit',
      details: { reason: 'memory' },
    });
    expect((await read('<p>hello</p>', small)).text).toBe('hello');
  });

  it('that needs too much time is refused for that', async () => {
    await expect(read(megabyte('<b>x</b>'), open({ timeoutMs: 1 }))).rejects.toMatchObject({
      code: 'sandbox_limit',
      details: { reason: 'time' },
    });
  });
});
