import { taskFile, type Sandbox } from '@bulkhead/sandbox';
import type { PageSource, ReadPage } from './page-text.task.ts';
import { isReadable, mediaType } from './page-type.ts';
import { refusal } from './web-target.ts';

const file = taskFile(import.meta.url, 'page-text.task');

/** The readable text of a page. */
export interface PageText {
  readonly contentType: string;
  readonly title?: string;
  readonly text: string;
  readonly isTruncated: boolean;
}

/** @throws ToolRefusalError before anything is read, when the type is not a text */
export function assertReadable(contentType: string): void {
  if (!isReadable(mediaType(contentType))) {
    throw refusal('The page is no text: only HTML, plain text, JSON and XML can be read.');
  }
}

/**
 * Parses a page in a worker thread: a parser can need minutes for a megabyte that was written for it.
 * @throws ToolRefusalError, SandboxBusyError, SandboxLimitError, SandboxCrashedError, or the signal's reason
 */
export async function pageText(
  sandbox: Sandbox,
  input: PageSource,
  caller: { readonly userId: string; readonly signal: AbortSignal },
): Promise<PageText> {
  const page = await sandbox.run<ReadPage>({ file, input, ...caller });
  if ('refused' in page) throw refusal(page.refused);
  return page;
}
