import { domainToUnicode } from 'node:url';
import type { UserDatabaseSession } from '@bulkhead/persistence';

/** Messages that are searched for an address, the newest ones that name its host. */
const MAX_MESSAGES = 200;
const MAX_ADDRESS_LENGTH = 2_000;
/** Characters behind an address that belong to its sentence, as far as they are taken off. */
const MAX_TRAILING = 8;
const separators = /[\s<>"'`|\\^{}]+/;
const punctuation = /[)\]}.,;:!?*_~…]$/;

/** Scheme, letter case and fragment make no other address: http and https of a host are one party. */
const normal = ({ host, pathname, search }: URL): string => `${host}${pathname}${search}`;

/** Whether one of the user's own messages in the session's thread holds the address, alone or within a text. */
export async function isFromUser(
  url: URL,
  session: Pick<UserDatabaseSession, 'context' | 'statement'>,
): Promise<boolean> {
  const rows = await session.statement<{ content: string }>(
    (literal) =>
      `SELECT content FROM bulkhead.messages
        WHERE thread_id = ${literal(session.context.threadId)} AND role = 'user'
          AND (position(${literal(url.hostname)}::text in lower(content)) > 0
               OR position(${literal(domainToUnicode(url.hostname))}::text in lower(content)) > 0)
        ORDER BY seq DESC LIMIT ${MAX_MESSAGES}`,
  );
  return rows.some(({ content }) => holdsAddress(content, url));
}

/** Whether the text holds exactly this address; one that only begins with it, or contains it, is another. */
export function holdsAddress(text: string, url: URL): boolean {
  const wanted = normal(url);
  return text
    .split(separators)
    .some((word) => addressesIn(word).some((address) => normalOf(address) === wanted));
}

function addressesIn(word: string): string[] {
  const scheme = word.search(/https?:\/\//i);
  const found = scheme < 0 ? word.replace(/^[([*_~]+/, '') : word.slice(scheme);
  if (found === '' || found.length > MAX_ADDRESS_LENGTH + MAX_TRAILING) return [];
  const all = [found];
  for (let rest = found; punctuation.test(rest) && all.length <= MAX_TRAILING;) {
    rest = rest.slice(0, -1);
    all.push(rest);
  }
  return all;
}

function normalOf(address: string): string | undefined {
  const text = /^https?:\/\//i.test(address) ? address : `https://${address}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && normal(url);
}
