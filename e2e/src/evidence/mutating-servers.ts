import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mutated, type Random } from './mutations.ts';

const page = `<!doctype html><html lang="en"><head><title>Prices</title><style>p{color:red}</style></head><body>
<h1>Prices</h1><p>A call costs <b>2 cents</b>; see <a href="/more?x=1&amp;y=2">more</a>.</p>
<ul><li>one</li><li>two<ul><li>three</li></ul></li></ul>
<table><tr><th>Model</th><th>Cost</th></tr><tr><td>a</td><td>1.50</td></tr></table>
<pre>const x = 1;</pre><script>alert(1)</script></body></html>`;
const types = [
  'text/html',
  'text/html; charset=utf-8',
  'text/html; charset=utf-16',
  'text/plain',
  'application/json',
  'x',
  '',
];

/** A web server on a free loopback port; each page that it gives is odd in another way. */
export async function startPages(random: Random): Promise<{ readonly host: string; close(): Promise<void> }> {
  const server = createServer((_request, response) => {
    const type = types[random(types.length)]!;
    response.writeHead(random(8) === 0 ? 404 : 200, type === '' ? {} : { 'content-type': type });
    response.end(mutated(page, random));
  });
  const port = await listen(server);
  return { host: `127.0.0.1:${port}`, close: () => close(server) };
}

/** A proxy in front of an HTTP server. It hands on what the server says, once told to with something wrong in it. */
export class MutatingProxy {
  isOdd = false;
  readonly #server = createServer((asked, response) => void this.#handOn(asked, response));

  constructor(
    private readonly target: string,
    private readonly random: Random,
  ) {}

  /** @returns its URL, with the target's path */
  async listen(): Promise<string> {
    return `http://127.0.0.1:${await listen(this.#server)}${new URL(this.target).pathname}`;
  }

  close(): Promise<void> {
    return close(this.#server);
  }

  async #handOn(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, headers } = asked;
    const sent = await textOf(asked);
    const forwarded = request(this.target, {
      method,
      headers: { ...headers, host: new URL(this.target).host },
    });
    forwarded.end(sent);
    forwarded.once('error', () => response.destroy());
    const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
    const { statusCode = 200, headers: told } = answer;
    // A stream that stays open is handed on as it is.
    if (method === 'GET' || !this.isOdd || this.random(3) === 0) {
      response.writeHead(statusCode, told);
      return void answer.pipe(response);
    }
    const text = mutated(await textOf(answer), this.random);
    const { 'content-length': _length, 'transfer-encoding': _encoding, ...kept } = told;
    response.writeHead(statusCode, kept).end(text);
  }
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
