import { Parser } from 'htmlparser2';

/** As deep as browsers build a page's elements; beyond it the parser's work grows with the square of the depth. */
export const MAX_PAGE_DEPTH = 512;
/** Characters given to the parser at a time. */
const PIECE_LENGTH = 4_096;

/** Whether elements of the page are nested deeper than `MAX_PAGE_DEPTH`. Stops reading where they are. */
export function nestsTooDeep(source: string): boolean {
  let depth = 0;
  let deepest = 0;
  const parser = new Parser({
    onopentag: () => void (deepest = Math.max(deepest, (depth += 1))),
    onclosetag: () => void (depth -= 1),
  });
  for (let at = 0; at < source.length && deepest <= MAX_PAGE_DEPTH; at += PIECE_LENGTH) {
    parser.write(source.slice(at, at + PIECE_LENGTH));
  }
  return deepest > MAX_PAGE_DEPTH;
}
