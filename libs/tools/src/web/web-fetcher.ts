import { AppError } from '@bulkhead/errors';
import { request, type Dispatcher } from 'undici';
import { assertReadable, pageText, type PageText } from './page-text.ts';
import { systemResolver, webAgent, type Resolver } from './web-connector.ts';
import { refusal, webTarget, type WebTarget } from './web-target.ts';

const MAX_REDIRECTS = 5;
const MAX_BYTES = 1_000_000;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface WebFetcherOptions {
  /** `host:port` of servers within the operator's network that agents may reach; none by default. */
  readonly allowedHosts: readonly string[];
  readonly resolver?: Resolver;
}

/** A page, and where it was in the end. */
export interface WebPage extends PageText {
  readonly url: string;
}

/** Reads pages of the public internet. Every step of a chain of redirects is checked like the first. */
export class WebFetcher {
  constructor(private readonly options: WebFetcherOptions) {}

  /** @throws ToolRefusalError, or the signal's reason */
  async fetch(text: string, signal: AbortSignal): Promise<WebPage> {
    let target = webTarget(text, this.options.allowedHosts);
    for (let step = 0; step <= MAX_REDIRECTS; step += 1) {
      const answer = await this.#visit(target, signal);
      if (!(answer instanceof URL)) return { url: target.url.href, ...answer };
      target = webTarget(answer.href, this.options.allowedHosts);
    }
    throw refusal(`The page redirects more than ${MAX_REDIRECTS} times.`);
  }

  /** One request: a page, or where it redirects to. */
  async #visit({ url, isAllowed }: WebTarget, signal: AbortSignal): Promise<PageText | URL> {
    const dispatcher = webAgent(this.options.resolver ?? systemResolver, isAllowed);
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
): Promise<PageText | URL> {
  body.on('error', () => undefined);
  const { location, 'content-type': contentType, 'content-encoding': encoding } = headers;
  if (redirects.has(statusCode) && typeof location === 'string') return new URL(location, base);
  if (statusCode < 200 || statusCode > 299) throw refusal(`The server answered with status ${statusCode}.`);
  const type = typeof contentType === 'string' ? contentType : 'text/plain';
  assertReadable(type);
  if (encoding !== undefined && encoding !== 'identity') throw refusal('The page is compressed, unasked.');
  return pageText(await readBounded(body), type);
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
