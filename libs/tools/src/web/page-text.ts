import { convert } from 'html-to-text';
import { refusal } from './web-target.ts';

const MAX_TEXT_LENGTH = 20_000;
const html = /^(?:text\/html|application\/xhtml\+xml)$/;
const plain = /^(?:text\/[\w.+-]+|application\/(?:[\w.-]+\+)?(?:json|xml))$/;

/** What is readable of a page. */
export interface PageText {
  readonly contentType: string;
  readonly title?: string;
  readonly text: string;
  readonly isTruncated: boolean;
}

/** @throws ToolRefusalError before anything is read, when the type is not a text */
export function assertReadable(contentType: string): void {
  const type = mediaType(contentType);
  if (!html.test(type) && !plain.test(type)) {
    throw refusal('The page is no text: only HTML, plain text, JSON and XML can be read.');
  }
}

export function pageText(body: Uint8Array, contentType: string): PageText {
  const type = mediaType(contentType);
  const source = decoderFor(contentType).decode(body);
  const isHtml = html.test(type);
  const text = isHtml ? textOf(source) : source;
  const title = isHtml ? titleOf(source) : '';
  return {
    contentType: type,
    ...(title && { title }),
    text: text.slice(0, MAX_TEXT_LENGTH),
    isTruncated: text.length > MAX_TEXT_LENGTH,
  };
}

const mediaType = (contentType: string): string => (contentType.split(';')[0] ?? '').trim().toLowerCase();

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
