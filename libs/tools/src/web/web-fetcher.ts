import { AppError } from '@bulkhead/errors';
import type { Sandbox } from '@bulkhead/sandbox';
import { request, type Dispatcher } from 'undici';
import { addressCheck, type AddressCheck } from './address-check.ts';
import { assertReadable, pageText, type PageText } from './page-text.ts';
import type { PageSource } from './page-text.task.ts';
import { systemResolver, webAgent } from './web-connector.ts';
import type { WebFetcherOptions } from './web-fetch.options.ts';
import { refusal, webTarget, type WebTarget } from './web-target.ts';

const MAX_REDIRECTS = 5;
const MAX_BYTES = 1_000_000;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** A page, and where it was in the end. */
export interface WebPage extends PageText {
  readonly url: string;
}

/** On whose behalf a page is fetched, and where it may lead. */
export interface Visit {
  readonly userId?: string;
  /** Asked about a redirect to another host; absent: any is followed. @throws ToolRefusalError */
  readonly assertMayFollow?: (to: URL) => Promise<void>;
}

/** Reads pages of the public internet. Every step of a chain of redirects is checked like the first. */
export class WebFetcher {
  readonly #isReachable: AddressCheck;

  constructor(
    private readonly options: WebFetcherOptions,
    private readonly sandbox: Sandbox,
  ) {
    this.#isReachable = addressCheck(options);
  }

  /** @throws ToolRefusalError, what `pageText` throws, or the signal's reason */
  async fetch(
    text: string,
    signal: AbortSignal,
    { userId = '', assertMayFollow }: Visit = {},
  ): Promise<WebPage> {
    const targetOf = (url: string): WebTarget => webTarget(url, this.options.allowedHosts, this.#isReachable);
    let target = targetOf(text);
    for (let step = 0; step <= MAX_REDIRECTS; step += 1) {
      const answer = await this.#visit(target, signal);
      if (!(answer instanceof URL)) {
        const page = await pageText(this.sandbox, answer, { userId, signal });
        return { url: target.url.href, ...page };
      }
      const next = targetOf(answer.href);
      if (next.url.hostname !== target.url.hostname) await assertMayFollow?.(next.url);
      target = next;
    }
    throw refusal(`The page redirects more than ${MAX_REDIRECTS} times.`);
  }

  /** One request: a page, or where it redirects to. */
  async #visit({ url, isAllowed }: WebTarget, signal: AbortSignal): Promise<PageSource | URL> {
    const isReachable: AddressCheck = isAllowed ? () => true : this.#isReachable;
    const dispatcher = webAgent(this.options.resolver ?? systemResolver, isReachable);
    try {
      const response = await request(url, {
        dispatcher,
        signal,
        headers: {
          accept: 'text/html, text/plain, application/json;q=0.9, text/*;q=0.8',
          // Uncompressed, so that what arrives is what has to be held.
          'accept-encoding': 'identity',
          'user-agent': 'Bulkhead (an agent on behalf of its user)',
        },
      });
      return await readAnswer(response, url);
    } catch (error) {
      throw signal.aborted ? signal.reason : asRefusal(error);
    } finally {
      // What was not read is cut off, not waited for.
      await dispatcher.destroy();
    }
  }
}

async function readAnswer(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  base: URL,
): Promise<PageSource | URL> {
  body.on('error', () => undefined);
  const { location, 'content-type': type, 'content-encoding': encoding } = headers;
  if (redirects.has(statusCode) && typeof location === 'string') return new URL(location, base);
  if (statusCode < 200 || statusCode > 299) throw refusal(`The server answered with status ${statusCode}.`);
  const contentType = typeof type === 'string' ? type : 'text/plain';
  assertReadable(contentType);
  if (encoding !== undefined && encoding !== 'identity') throw refusal('The page is compressed, unasked.');
  return { body: await readBounded(body), contentType };
}

async function readBounded(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > MAX_BYTES) throw refusal(`The page is larger than ${MAX_BYTES} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** What went wrong in the network is no business of the agent's, and may tell of what is there. */
const asRefusal = (error: unknown): unknown =>
  error instanceof AppError ? error : refusal('The page could not be fetched.', error);
