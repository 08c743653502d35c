import type { Socket } from 'node:net';
import { allowedHosts } from './allowed-hosts.ts';

const asked = (host: string | undefined, localAddress = '127.0.0.1') => ({
  headers: { ...(host !== undefined && { host }) },
  socket: { localAddress } as Socket,
});

describe('a server that listens on loopback', () => {
  it.each([
    ['127.0.0.1:3000', true],
    ['localhost:3000', true],
    ['LOCALHOST', true],
    ['app.localhost:3000', true],
    ['[::1]:3000', true],
    ['127.8.8.8', true],
    [undefined, true],
    ['evil.example', false],
    ['evil.example:3000', false],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['10.0.0.7:3000', false],
    ['', false],
    ['a b', false],
    ['localhost@evil.example', false],
  ])('takes the name %s: %s', (host, expected) => {
    expect(allowedHosts('127.0.0.1', '')(asked(host))).toBe(expected);
    expect(allowedHosts('localhost', '')(asked(host))).toBe(expected);
  });
});

describe('a server with a list of names', () => {
  const isAllowed = allowedHosts('0.0.0.0', 'chat.example.org,bulkhead');

  it.each([
    ['chat.example.org', true],
    ['Chat.Example.org:443', true],
    ['bulkhead:3000', true],
    ['10.0.0.7:3000', true],
    ['10.0.0.8:3000', false],
    ['localhost', false],
    ['x.chat.example.org', false],
  ])('takes the name %s: %s', (host, expected) => {
    expect(isAllowed(asked(host, '::ffff:10.0.0.7'))).toBe(expected);
  });

  it('takes nothing else on loopback either', () => {
    expect(allowedHosts('127.0.0.1', 'chat.example.org')(asked('localhost'))).toBe(false);
  });
});

describe('a server that other machines reach', () => {
  it('takes every name as long as there is no list', () => {
    expect(allowedHosts('0.0.0.0', '')(asked('chat.example.org', '10.0.0.7'))).toBe(true);
  });
});
