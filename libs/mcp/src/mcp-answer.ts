import { answerText } from './visible-text.ts';

const MAX_TEXT_LENGTH = 32_000;
const MAX_LABEL_LENGTH = 300;
const MAX_ITEMS = 1_000;

/** A server's answer to `tools/call`, as far as agents get it. */
export interface McpAnswer {
  /** Never empty. */
  readonly text: string;
  readonly isTruncated: boolean;
  readonly isError: boolean;
}

/**
 * Reads an answer item by item: texts as they are, anything else by its name, and what the server gave as structured
 * content only where there is no text beside it (the specification wants it in both places; not every server does so).
 */
export function readAnswer(answer: unknown): McpAnswer {
  const { content, structuredContent, toolResult, isError } = recordOf(answer);
  const items = Array.isArray(content) ? content.slice(0, MAX_ITEMS) : content === undefined ? [] : [content];
  const texts = items.map(textOf);
  const structured = [structuredContent, toolResult].find((value) => value !== undefined && value !== null);
  const isSaid = items.some((item) => textIn(item)?.trim());
  if (!isSaid && structured !== undefined) texts.push(JSON.stringify(structured));
  const whole = texts.filter((text) => text.trim() !== '').join('\n');
  const text = answerText(whole, MAX_TEXT_LENGTH);
  return {
    text: text.trim() === '' ? '[The tool gave no content.]' : text,
    isTruncated: whole.length > MAX_TEXT_LENGTH,
    isError: isError === true,
  };
}

/** Of a text, or of a text file within the answer. */
function textIn(item: unknown): string | undefined {
  if (typeof item === 'string') return item;
  const { type, text, resource } = recordOf(item);
  const found = type === 'resource' ? recordOf(resource)['text'] : type === 'text' ? text : undefined;
  return typeof found === 'string' ? found : undefined;
}

function textOf(item: unknown): string {
  const { type, resource } = recordOf(item);
  const text = textIn(item);
  if (type === 'resource_link') return `[link to a resource: ${labelOf(recordOf(item))}]`;
  if (type === 'resource') {
    const label = labelOf(recordOf(resource));
    return text === undefined ? `[resource left out: ${label}]` : `[resource: ${label}]\n${text}`;
  }
  return text ?? `[${typeof type === 'string' ? type.slice(0, 30) : 'item'} left out]`;
}

const labelOf = (resource: Record<string, unknown>): string =>
  ['title', 'name', 'uri', 'mimeType', 'description']
    .map((name) => resource[name])
    .filter((value): value is string => typeof value === 'string' && value !== '')
    .map((value) => value.slice(0, MAX_LABEL_LENGTH))
    .join(', ') || 'unnamed';

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
