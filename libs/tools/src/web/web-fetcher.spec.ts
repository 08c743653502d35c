import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { LookupAddress } from 'node:dns';
import { Sandbox } from '@bulkhead/sandbox';
import { isPublicAddress } from './public-address.ts';
import type { WebFetcherOptions } from './web-fetch.options.ts';
import { WebFetcher } from './web-fetcher.ts';

/** Counts everybody who comes by, on every address of this machine. */
let hits = 0;
let canary: Server;
let site: Server;
let handle: RequestListener;
const sandbox = new Sandbox();
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const listen = async (server: Server, host: string): Promise<Server> => {
  server.listen(0, host);
  await once(server, 'listening');
  return server;
};
beforeAll(async () => {
  canary = createServer((_, response) => response.end('canary'));
  canary.on('connection', () => (hits += 1));
  await listen(canary, '::');
  site = await listen(
    createServer((request, response) => handle(request, response)),
    '127.0.0.1',
  );
});
beforeEach(() => (hits = 0));
afterAll(async () => {
  await sandbox.onModuleDestroy();
  for (const server of [canary, site]) server.closeAllConnections();
  canary.close();
  site.close();
});

const siteUrl = (path = '/'): string => `http://127.0.0.1:${portOf(site)}${path}`;
const never = new AbortController().signal;
const fetcher = (options: Partial<WebFetcherOptions> = {}) =>
  new WebFetcher({ allowedHosts: [], ...options }, sandbox);
/** May reach the site of the specs, as an operator would allow it, and nothing else of this machine. */
const visitor = (options: Partial<WebFetcherOptions> = {}) =>
  fetcher({ allowedHosts: [`127.0.0.1:${portOf(site)}`], ...options });
const refusalOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fetched',
    ({ code, message }: { code?: string; message: string }) => `${code}: ${message}`,
  );
const resolvesTo =
  (...addresses: string[]) =>
  (): Promise<LookupAddress[]> =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

const own = Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address));
const ownHosts = own.map((address) => (address.includes(':') ? `[${address.split('%')[0]}]` : address));

/** Everything that is this machine or its network, in every spelling that anyone takes for an address. */
const addresses: readonly string[] = [
  ...[
    '127.0.0.1',
    '127.0.0.2',
    '127.1.2.3',
    '127.255.255.254',
    '127.1',
    '127.0.1',
    '127.000.000.001',
    '0177.0.0.1',
  ],
  ...['0x7f.0.0.1', '0x7f.1', '0x7f000001', '0X7F000001', '2130706433', '017700000001', '0x7f.0x0.0x0.0x1'],
  ...[
    '0177.0x0.0.1',
    '127.0.0.1.',
    '127.1.',
    '0',
    '0.0.0.0',
    '0x0',
    '00',
    '0.0',
    '0.0.0',
    '0.1.2.3',
    '0000.0.0.0',
  ],
  ...['%31%32%37.0.0.1', '127%2e0%2e0%2e1', '１２７.０.０.１', '127。0。0。1', '①②⑦.⓪.⓪.①', '127．0．0．1'],
  ...['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255', '10.1'],
  ...['0xa.0.0.1', '167772161', '3232235521', '169.254.169.254', '169.254.0.1', '2852039166', '0xa9fea9fe'],
  ...[
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
    '192.0.0.1',
    '192.0.0.170',
    '192.0.0.192',
    '192.0.2.1',
  ],
  ...[
    '198.51.100.1',
    '203.0.113.1',
    '198.18.0.1',
    '198.19.255.255',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
  ],
  ...['255.255.255.255', '4294967295', '192.88.99.1', '192.31.196.1', '192.52.193.1', '192.175.48.1'],
  ...['[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[0000::0001]', '[::0.0.0.1]', '[::127.0.0.1]', '[::7f00:1]'],
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::FFFF:127.0.0.1]', '[0:0:0:0:0:ffff:127.0.0.1]'],
  ...['[::ffff:10.0.0.1]', '[::ffff:169.254.169.254]', '[::ffff:0:127.0.0.1]', '[::ffff:0.0.0.0]'],
  ...[
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b::a00:1]',
    '[64:ff9b:1::127.0.0.1]',
    '[64:ff9b:1::1]',
  ],
  ...[
    '[2002:7f00:1::]',
    '[2002:7f00:1::1]',
    '[2002:a00:1::]',
    '[2002:c0a8:1::1]',
    '[2001::1]',
    '[2001:0:7f00:1::]',
  ],
  ...['[2001:0:53aa:64c:0:0:80ff:fffe]', '[fc00::1]', '[fd00::1]', '[fd12:3456:789a::1]', '[fdff::ffff]'],
  ...['[fd00:ec2::254]', '[fe80::1]', '[fe80::ffff:1]', '[febf::1]', '[fec0::1]', '[feff::1]', '[ff02::1]'],
  ...['[ff01::1]', '[ff05::2]', '[ff0e::1]', '[100::1]', '[2001:db8::1]', '[2001:2::1]', '[2001:10::1]'],
  ...[
    '[2001:20::1]',
    '[3fff::1]',
    '[5f00::1]',
    '[4000::1]',
    '[::2]',
    '[1::1]',
    '[::1%25lo]',
    '[fe80::1%25eth0]',
  ],
  ...[
    '[::1%lo]',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    'ip6-localhost',
    'localhost.localdomain',
  ],
  ...['user@127.0.0.1', 'user:password@127.0.0.1', 'example.org@127.0.0.1', 'example.org%40127.0.0.1'],
  ...[
    '127.0.0.1#@example.org',
    '127.0.0.1?@example.org',
    '127.0.0.1\\@example.org',
    'example.org\\@127.0.0.1',
  ],
  ...['127.0.0.1/', '127.0.0.1\t', '127.\t0.0.1', '127.0.\n0.1', '127.0.0.1.nip.io', '[::ffff:127.0.0.1].'],
  ...ownHosts,
];
const schemes = [
  'file:///etc/passwd',
  'ftp://127.0.0.1/',
  'gopher://127.0.0.1:70/',
  'data:text/plain,x',
  'javascript:1',
];
const urlOf = (host: string, scheme = 'http'): string => {
  const at = host.search(/[#?/\\]/);
  const port = portOf(canary);
  return at < 0
    ? `${scheme}://${host}:${port}/`
    : `${scheme}://${host.slice(0, at)}:${port}${host.slice(at)}`;
};

describe('a fetch of what is not on the public internet', () => {
  const urls = () => [
    ...addresses.map((host) => urlOf(host)),
    ...addresses.slice(0, 20).map((host) => urlOf(host, 'https')),
    ...schemes,
  ];
  /** Names go nowhere but to this machine. */
  const resolver = resolvesTo('127.0.0.1', '::1');

  it('is refused in 150 spellings and more, and reaches nobody', async () => {
    expect(new Set(urls()).size).toBeGreaterThanOrEqual(150);
    for (const url of urls()) {
      expect([url, await refusalOf(fetcher({ resolver }).fetch(url, never))]).toEqual([
        url,
        expect.stringMatching(/^tool_refused/),
      ]);
    }
    expect(hits).toBe(0);
  });

  it('is refused behind redirects of every kind and length, and reaches nobody', async () => {
    const targets = urls();
    handle = ({ url = '' }, response) => {
      const [, left = '0', status = '302', index = '0'] = url.split('/');
      const next =
        Number(left) > 0
          ? `/${Number(left) - 1}/${status}/${index}`
          : encodeURI(targets[Number(index)] ?? '');
      response.writeHead(Number(status), { location: next }).end();
    };
    const statuses = [301, 302, 303, 307, 308];
    for (const index of targets.keys()) {
      const path = `/${index % 4}/${statuses[index % 5]}/${index}`;
      expect(await refusalOf(visitor({ resolver }).fetch(siteUrl(path), never))).toMatch(/^tool_refused/);
    }
    expect(hits).toBe(0);
  });

  it('would be seen: what an operator allows is reached', async () => {
    const allowedHosts = [`127.0.0.1:${portOf(canary)}`];
    expect((await fetcher({ allowedHosts }).fetch(urlOf('127.0.0.1'), never)).text).toBe('canary');
    expect(hits).toBe(1);
  });

  it.each(['127.0.0.1', '::1', '10.0.0.1', '169.254.169.254', '::ffff:127.0.0.1', '64:ff9b::7f00:1'])(
    'is refused when a name resolves to %s, alone or among others',
    async (address) => {
      for (const all of [[address], ['93.184.215.14', address], [address, '93.184.215.14']]) {
        const work = fetcher({ resolver: resolvesTo(...all) }).fetch(urlOf('rebind.example'), never);
        expect(await refusalOf(work)).toBe('tool_refused: Only pages on the public internet can be fetched.');
      }
      expect(hits).toBe(0);
    },
  );

  it('asks for a name once: what it resolves to a moment later is not asked for', async () => {
    const answers = [resolvesTo('93.184.215.14'), resolvesTo('127.0.0.1')];
    let asked = 0;
    const stop = new AbortController();
    const rebinding = () => {
      const answer = answers[Math.min(asked, 1)] ?? resolvesTo();
      asked += 1;
      setTimeout(() => stop.abort(new Error('enough')), 200);
      return answer();
    };
    await refusalOf(fetcher({ resolver: rebinding }).fetch(urlOf('rebind.example'), stop.signal));
    expect([asked, hits]).toEqual([1, 0]);
  });

  it('tells nothing about what is there', async () => {
    const refusals = await Promise.all(
      [urlOf('127.0.0.1'), 'http://127.0.0.1:1024/', 'http://10.0.0.1:9999/'].map((url) =>
        refusalOf(fetcher().fetch(url, never)),
      ),
    );
    expect(new Set(refusals).size).toBe(1);
  });
});

describe('addresses of the public internet', () => {
  it.each([
    '93.184.215.14',
    '1.1.1.1',
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00:1450::1',
  ])('are known: %s', (address) => expect(isPublicAddress(address)).toBe(true));
});

describe('a fetched page', () => {
  const answerWith = (type: string, body: string | Buffer, status = 200): void => {
    handle = (_, response) => void response.writeHead(status, { 'content-type': type }).end(body);
  };

  it('is given as readable text with its title', async () => {
    answerWith(
      'text/html; charset=utf-8',
      '<title> A  page </title><nav>menu</nav><script>alert(1)</script><h1>Hello</h1><p>A <a href="/x">link</a> &amp; more</p>',
    );
    const page = await visitor().fetch(siteUrl('/page'), never);
    expect(page).toEqual({
      url: siteUrl('/page'),
      contentType: 'text/html',
      title: 'A page',
      text: expect.stringMatching(/^HELLO\s+A link & more$/i),
      isTruncated: false,
    });
  });

  it.each(['text/plain', 'application/json', 'application/problem+json', 'text/csv', 'application/xml'])(
    'of type %s is given as it is',
    async (type) => {
      answerWith(type, '{"a": 1}');
      expect((await visitor().fetch(siteUrl(), never)).text).toBe('{"a": 1}');
    },
  );

  it('is decoded as its server says', async () => {
    answerWith('text/plain; charset=iso-8859-1', Buffer.from('München', 'latin1'));
    expect((await visitor().fetch(siteUrl(), never)).text).toBe('München');
  });

  it('is cut when it is long, and says so', async () => {
    answerWith('text/plain', 'x'.repeat(30_000));
    const { text, isTruncated } = await visitor().fetch(siteUrl(), never);
    expect([text.length, isTruncated]).toEqual([20_000, true]);
  });

  it('follows redirects within bounds, and tells where it was', async () => {
    handle = ({ url = '' }, response) => {
      const left = Number(url.slice(1));
      if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end();
      else response.writeHead(200, { 'content-type': 'text/plain' }).end('here');
    };
    expect(await visitor().fetch(siteUrl('/5'), never)).toMatchObject({ url: siteUrl('/0'), text: 'here' });
    expect(await refusalOf(visitor().fetch(siteUrl('/6'), never))).toContain('more than 5 times');
  });

  it('asks about redirects to other hosts only, before it goes there', async () => {
    const other = `localhost:${portOf(site)}`;
    const visited: string[] = [];
    handle = ({ url = '', headers }, response) => {
      visited.push(`${headers.host}${url}`);
      if (url === '/a') response.writeHead(302, { location: '/b' }).end();
      else response.writeHead(302, { location: `http://${other}/c` }).end();
    };
    const work = visitor({ allowedHosts: [`127.0.0.1:${portOf(site)}`, other] }).fetch(siteUrl('/a'), never, {
      assertMayFollow: (to) => Promise.reject(new Error(`not to ${to.href}`)),
    });
    await expect(work).rejects.toThrow(`not to http://${other}/c`);
    expect(visited).toEqual([`127.0.0.1:${portOf(site)}/a`, `127.0.0.1:${portOf(site)}/b`]);
  });

  it('is never one of a denied network, also behind a redirect or a name', async () => {
    const deniedNetworks = ['93.184.215.0/24'];
    handle = (_, response) => void response.writeHead(302, { location: 'http://93.184.215.14/' }).end();
    const refused = 'tool_refused: Only pages on the public internet can be fetched.';
    for (const url of [siteUrl(), 'http://93.184.215.14/', 'http://denied.example/']) {
      const work = visitor({ deniedNetworks, resolver: resolvesTo('93.184.215.14') }).fetch(url, never);
      expect(await refusalOf(work)).toBe(refused);
    }
  });

  it.each([
    ['is no text', 'image/png', 'x', 200, 'no text'],
    ['is not there', 'text/html', 'x', 404, 'status 404'],
    ['is too large', 'text/plain', 'x'.repeat(1_000_001), 200, 'larger than 1000000 bytes'],
  ])('that %s is refused', async (_, type, body, status, words) => {
    answerWith(type, body, status);
    expect(await refusalOf(visitor().fetch(siteUrl(), never))).toContain(words);
  });

  it('that was compressed unasked is refused before it is unpacked', async () => {
    handle = (_, response) =>
      void response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end('x');
    expect(await refusalOf(visitor().fetch(siteUrl(), never))).toContain('compressed');
  });

  it('that never ends is left when the signal says so', async () => {
    const stop = new AbortController();
    handle = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).write('x');
      stop.abort(new Error('the run was cancelled'));
    };
    await expect(visitor().fetch(siteUrl(), stop.signal)).rejects.toThrow('the run was cancelled');
  });
});
