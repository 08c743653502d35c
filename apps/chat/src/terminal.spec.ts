import { Terminal } from './terminal.ts';

function written(
  isTTY: boolean,
  environment: Record<string, string>,
  use: (terminal: Terminal) => void,
): string {
  let output = '';
  const write = (text: Uint8Array | string): boolean => {
    output += String(text);
    return true;
  };
  use(new Terminal({ isTTY, write }, environment));
  return output;
}

describe('Terminal', () => {
  it.each([
    ['colours on a terminal', true, {}, '\u001b[31mred\u001b[39m plain\n'],
    ['none with NO_COLOR', true, { NO_COLOR: '1' }, 'red plain\n'],
    ['colours with an empty NO_COLOR', true, { NO_COLOR: '' }, '\u001b[31mred\u001b[39m plain\n'],
    ['none in a file or a pipe', false, {}, 'red plain\n'],
  ])('prints %s', (_case, isTTY, environment, expected) => {
    expect(
      written(isTTY, environment as Record<string, string>, (terminal) =>
        terminal.line(['red', 'red'], ['plain']),
      ),
    ).toBe(expected);
  });

  it('begins a line of its own after text that did not end one', () => {
    const output = written(false, {}, (terminal) => {
      terminal.text('a');
      terminal.text('b');
      terminal.line(['c']);
      terminal.text('d\n');
      terminal.line(['e']);
    });
    expect(output).toBe('ab\nc\nd\ne\n');
  });

  it.each(['\u001b[2J', '\u0007', '\r', '\u009b2J', '\u007f'])(
    'does not let %j steer the terminal',
    (text) => {
      const output = written(true, { NO_COLOR: '1' }, (terminal) => {
        terminal.text(text);
        terminal.line([text, 'red']);
      });
      expect(output).not.toMatch(/[^\P{Cc}\n]/u);
    },
  );
});
