import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { loadConfig } from './gateway.config.ts';
import { outgoingFetch } from './outgoing-fetch.ts';

const opened: Server[] = [];
const listen = async (server: Server): Promise<number> => {
  opened.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
};
afterEach(() => {
  for (const server of opened.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server, and a proxy that leads to it whatever host is asked for. */
async function aProxiedServer(): Promise<{ port: number; proxy: string; asked: string[] }> {
  const port = await listen(createServer((_, response) => void response.end('hello')));
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', ({ url, headers }, socket, head) => {
    asked.push(`${url ?? ''} ${headers['proxy-authorization'] ?? ''}`.trim());
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) end.on('error', () => onward.destroy());
  });
  return { port, proxy: `http://127.0.0.1:${await listen(proxy)}`, asked };
}

const textFrom = async (environment: NodeJS.ProcessEnv, url: string): Promise<string> => {
  const ask = outgoingFetch(loadConfig(environment)) ?? fetch;
  return (await ask(url)).text();
};

describe('what the operator has set up', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('is reached through the proxy of %s', async (name) => {
    const { proxy, asked } = await aProxiedServer();
    expect(await textFrom({ [name]: proxy }, 'http://provider.test/v1')).toBe('hello');
    expect(asked).toEqual(['provider.test:80']);
  });

  it('is asked for with the name and password of the proxy', async () => {
    const { proxy, asked } = await aProxiedServer();
    await textFrom({ HTTP_PROXY: proxy.replace('//', '//ada:secret@') }, 'http://provider.test/v1');
    expect(asked).toEqual([`provider.test:80 Basic ${Buffer.from('ada:secret').toString('base64')}`]);
  });

  it.each(['https://provider.test/v1'])(
    'is reached through HTTPS_PROXY when it is asked by HTTPS',
    async (url) => {
      const { proxy, asked } = await aProxiedServer();
      // No TLS on the other side: how far it comes is enough.
      await expect(textFrom({ HTTPS_PROXY: proxy }, url)).rejects.toThrow('fetch failed');
      expect(asked).toEqual(['provider.test:443']);
    },
  );

  it.each(['.test', 'provider.test', 'other.org,provider.test', '*'])(
    'is reached directly with NO_PROXY=%s',
    async (hosts) => {
      const { proxy, asked } = await aProxiedServer();
      await expect(
        textFrom({ HTTP_PROXY: proxy, NO_PROXY: hosts }, 'http://provider.test/'),
      ).rejects.toThrow();
      expect(asked).toEqual([]);
    },
  );

  it('is never reached through a proxy on this machine', async () => {
    const { port, proxy, asked } = await aProxiedServer();
    expect(await textFrom({ HTTP_PROXY: proxy, HTTPS_PROXY: proxy }, `http://127.0.0.1:${port}`)).toBe(
      'hello',
    );
    expect(asked).toEqual([]);
  });

  it('is reached directly when there is no proxy', () => {
    expect(outgoingFetch(loadConfig({}))).toBeUndefined();
    expect(outgoingFetch(loadConfig({ NO_PROXY: '*' }))).toBeUndefined();
  });

  it.each([{ HTTP_PROXY: 'proxy' }, { HTTPS_PROXY: 'socks5://127.0.0.1:1080' }, { NO_PROXY: 'a;b' }])(
    'is not reached through %j, which the server refuses to start with',
    (environment) => expect(() => loadConfig(environment)).toThrow(Object.keys(environment)[0]),
  );
});
