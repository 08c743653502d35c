import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { trustedHops } from './client-address.ts';
import { warnOfExposure, watchForwarding } from './exposure.ts';

function logged(use: (log: { warn: (line: unknown) => void }) => void): string[] {
  const lines: string[] = [];
  use({ warn: (line) => lines.push(String(line)) });
  return lines;
}

function asked(remoteAddress: string, forwarded?: string): IncomingMessage {
  const request = new IncomingMessage(
    Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress }),
  );
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

describe('the log at the start', () => {
  it.each(['127.0.0.1', 'localhost', '::1'])('says nothing when the server listens on %s', (HOST) => {
    expect(logged((log) => warnOfExposure({ HOST, TRUST_PROXY: '', ALLOWED_HOSTS: '' }, log))).toEqual([]);
  });

  it.each(['0.0.0.0', '::', '10.0.0.7', 'bulkhead.internal'])(
    'warns of plain HTTP and any host name when it listens on %s',
    (HOST) => {
      const lines = logged((log) => warnOfExposure({ HOST, TRUST_PROXY: '', ALLOWED_HOSTS: '' }, log));
      expect(lines.join()).toMatch(/TRUST_PROXY.*ALLOWED_HOSTS/s);
    },
  );

  it('says nothing behind a proxy that is named, under names that are listed', () => {
    const settings = { HOST: '0.0.0.0', TRUST_PROXY: '10.0.0.0/8', ALLOWED_HOSTS: 'chat.example.org' };
    expect(logged((log) => warnOfExposure(settings, log))).toEqual([]);
  });
});

describe('an address that a proxy hands on', () => {
  it('is warned of once when the proxy is not trusted', () => {
    const lines = logged((log) => {
      const look = watchForwarding(trustedHops('10.0.0.0/8'), log);
      for (let index = 0; index < 3; index += 1) look(asked('192.0.2.1', '203.0.113.7'));
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('192.0.2.1');
  });

  it('is no news from a trusted proxy, nor is a request without one', () => {
    const lines = logged((log) => {
      const look = watchForwarding(trustedHops('10.0.0.0/8'), log);
      look(asked('10.0.0.1', '203.0.113.7'));
      look(asked('192.0.2.1'));
    });
    expect(lines).toEqual([]);
  });
});
