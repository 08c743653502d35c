import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import Fastify from 'fastify';
import { clientAddress, trustedHops } from './client-address.ts';

function asked(remoteAddress: string | undefined, forwarded?: string): IncomingMessage {
  const request = new IncomingMessage(
    Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress }),
  );
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

describe('the address of a client', () => {
  it.each([
    ['nobody is trusted', '', '10.0.0.1', '203.0.113.7', '10.0.0.1'],
    ['its proxy is trusted', '10.0.0.0/8', '10.0.0.1', '6.6.6.6, 203.0.113.7', '203.0.113.7'],
    [
      'its proxy is trusted, under IPv4 in IPv6',
      '10.0.0.0/8',
      '::ffff:10.0.0.1',
      '203.0.113.7',
      '203.0.113.7',
    ],
    ['two proxies are', '10.0.0.0/8', '10.0.0.1', '6.6.6.6, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
    ['another proxy is', '10.0.0.0/8', '192.0.2.1', '203.0.113.7', '192.0.2.1'],
    ['no proxy is in between', '10.0.0.0/8', '10.0.0.1', undefined, '10.0.0.1'],
    ['it has hung up', '10.0.0.0/8', undefined, '203.0.113.7', undefined],
    ['it has hung up, and nobody is trusted', '', undefined, '203.0.113.7', undefined],
  ])('when %s', (_case, proxies, peer, forwarded, expected) => {
    expect(clientAddress(asked(peer, forwarded), trustedHops(proxies))).toBe(expected);
  });

  it('is the one that Fastify tells of the same request', async () => {
    const isTrusted = trustedHops('127.0.0.1');
    const fastify = Fastify({ trustProxy: isTrusted as (address: string, hop: number) => boolean });
    fastify.get('/', (request) => [request.ip, clientAddress(request.raw, isTrusted)]);
    for (const forwarded of ['203.0.113.7', '6.6.6.6, 203.0.113.7', 'nonsense', '']) {
      const headers = { 'x-forwarded-for': forwarded };
      const [ip, own] = (await fastify.inject({ url: '/', headers })).json<string[]>();
      expect(own).toBe(ip);
    }
    await fastify.close();
  });
});
