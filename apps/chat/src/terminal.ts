import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

export type Style = 'bold' | 'cyan' | 'dim' | 'green' | 'red' | 'yellow';

/** Where the chat writes. Keeps track of the line, so that nothing begins in the middle of one. */
export class Terminal {
  readonly #hasColours: boolean;
  #isAtLineStart = true;

  constructor(
    private readonly stream: Pick<WriteStream, 'isTTY' | 'write'>,
    environment: Readonly<Record<string, string | undefined>>,
  ) {
    // Source: https://no-color.org
    this.#hasColours = stream.isTTY && !environment['NO_COLOR'];
  }

  /** A line of its own. */
  line(...parts: readonly (readonly [text: string, style?: Style])[]): void {
    const shown = parts.filter(([part]) => part !== '');
    const text = shown.map(([part, style]) => this.#paint(printable(part), style)).join(' ');
    this.endLine();
    this.stream.write(`${text}\n`);
  }

  /** Text that continues the line. */
  text(text: string): void {
    if (text === '') return;
    this.stream.write(printable(text));
    this.#isAtLineStart = text.endsWith('\n');
  }

  endLine(): void {
    if (!this.#isAtLineStart) this.stream.write('\n');
    this.#isAtLineStart = true;
  }

  #paint(text: string, style: Style | undefined): string {
    return this.#hasColours && style ? styleText(style, text, { validateStream: false }) : text;
  }
}

/** What comes from models and tools must not steer the terminal: control characters, other than line ends and tabs, show as U+FFFD. */
const printable = (text: string): string => text.replace(/[^\P{Cc}\n\t]/gu, '\uFFFD');
