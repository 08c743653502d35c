import { convert } from 'html-to-text';
import { nestsTooDeep } from './page-depth.ts';
import type { PageText } from './page-text.ts';
import { isHtml, mediaType } from './page-type.ts';

const MAX_TEXT_LENGTH = 20_000;

/** A page as it came. */
export interface PageSource {
  readonly body: Uint8Array;
  readonly contentType: string;
}

export type ReadPage = PageText | { readonly refused: string };

export default function readPage({ body, contentType }: PageSource): ReadPage {
  const type = mediaType(contentType);
  const source = decoderFor(contentType).decode(body);
  if (!isHtml(type)) return page(type, source);
  if (nestsTooDeep(source)) return { refused: 'The page nests its elements too deep to be read.' };
  return page(type, textOf(source), titleOf(source));
}

const page = (contentType: string, text: string, title = ''): PageText => ({
  contentType,
  ...(title && { title }),
  text: text.slice(0, MAX_TEXT_LENGTH),
  isTruncated: text.length > MAX_TEXT_LENGTH,
});

const textOf = (source: string): string =>
  convert(source, {
    wordwrap: false,
    limits: { maxDepth: 100, maxChildNodes: 10_000 },
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'a', options: { ignoreHref: true } },
      ...['head', 'title', 'nav', 'script', 'style', 'form', 'noscript', 'svg'].map((selector) => ({
        selector,
        format: 'skip',
      })),
    ],
  });

const titleOf = (source: string): string =>
  (/<title[^<>]{0,200}>([^<]{1,500})/i.exec(source.slice(0, 50_000))?.[1] ?? '').replace(/\s+/g, ' ').trim();

function decoderFor(contentType: string): InstanceType<typeof TextDecoder> {
  const label = /charset="?([\w-]{1,40})/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}
