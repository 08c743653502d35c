import type { CsvFile } from '../csv/csv-table.ts';

const PIECE_BYTES = 8_192;

/** A file that is read as one on the disk is: in pieces, with a turn of the process between them. */
export const aCsv = (content: string | Buffer): CsvFile => ({
  async *read() {
    const bytes = Buffer.from(content);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      await new Promise((resolve) => setImmediate(resolve));
      yield bytes.subarray(at, at + PIECE_BYTES);
    }
  },
});

export const manyRows = (count: number): string =>
  `model,cost\n${Array.from({ length: count }, (_, n) => `m${n % 7},${n}.5\n`).join('')}`;
