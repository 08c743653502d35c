import { TextDecoder } from 'node:util';
import { InvalidCsvError } from '../tables.errors.ts';

/** Longest line of a file, in characters: a line of nothing but delimiters is held as a whole by the parser. */
export const MAX_LINE_LENGTH = 1_000_000;

/** Source: the Encoding Standard's BOM sniffing. UTF-8 is what a file without a mark is. */
const marks: readonly (readonly [encoding: string, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];
/** First bytes of files that are often sent in place of a CSV. */
const otherFiles: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['an Excel workbook or another ZIP archive', [0x50, 0x4b, 0x03, 0x04]],
  ['an old Excel workbook', [0xd0, 0xcf, 0x11, 0xe0]],
  ['compressed with gzip', [0x1f, 0x8b]],
  ['a PDF', [0x25, 0x50, 0x44, 0x46]],
];
const LONGEST_MARK = 4;

const startsWith = (bytes: Uint8Array, mark: readonly number[]): boolean =>
  mark.every((byte, index) => bytes[index] === byte);

/**
 * Decodes a file piece by piece (UTF-8, or UTF-16 with a byte order mark), and makes each line end, CRLF, LF or CR, a
 * line feed, within quoted cells too: so that lines are counted alike in every file.
 * @throws InvalidCsvError naming the line, for other encodings, other kinds of files, and endless lines
 */
export async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const lines = new LineEnds();
  let decoder: TextDecoder | undefined;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return (decoder ??= new TextDecoder('utf-8', { fatal: true })).decode(chunk, {
        stream: chunk !== undefined,
      });
    } catch (cause) {
      throw new InvalidCsvError(
        'or one soon after is not UTF-8: save the file as “CSV UTF-8”',
        lines.line,
        cause,
      );
    }
  };
  let head: Uint8Array = new Uint8Array();
  for await (const chunk of bytes) {
    if (decoder) {
      yield lines.unify(decode(chunk));
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < LONGEST_MARK) continue;
    decoder = decoderFor(head);
    yield lines.unify(decode(head));
  }
  if (!decoder) {
    decoder = decoderFor(head);
    yield lines.unify(decode(head));
  }
  yield lines.unify(decode(), true);
}

/** The decoder takes the mark off. */
function decoderFor(head: Uint8Array): TextDecoder {
  const other = otherFiles.find(([, bytes]) => startsWith(head, bytes));
  if (other) throw new InvalidCsvError(`is ${other[0]}, not a CSV: save it as “CSV UTF-8” first`);
  const [encoding = 'utf-8'] = marks.find(([, bytes]) => startsWith(head, bytes)) ?? [];
  return new TextDecoder(encoding, { fatal: true });
}

/** One kind of line end, and no line without one for too long. */
class LineEnds {
  line = 1;
  #length = 0;
  #endsInReturn = false;

  unify(piece: string, isLast = false): string {
    const text = this.#endsInReturn ? `\r${piece}` : piece;
    this.#endsInReturn = !isLast && text.endsWith('\r');
    const unified = (this.#endsInReturn ? text.slice(0, -1) : text).replace(/\r\n?/g, '\n');
    this.#measure(unified);
    return unified;
  }

  #measure(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#grow(end - start);
      this.#length = 0;
      this.line += 1;
      start = end + 1;
    }
    this.#grow(text.length - start);
  }

  #grow(by: number): void {
    this.#length += by;
    if (this.#length > MAX_LINE_LENGTH) {
      throw new InvalidCsvError(`has more than ${MAX_LINE_LENGTH} characters`, this.line);
    }
  }
}
