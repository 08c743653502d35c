import { readFileSync } from 'node:fs';
import { GatewayConfig, loadConfig } from './gateway.config.ts';

const example = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
const settings = Object.fromEntries(
  [...example.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, key, value]) => [key, value]),
);

describe('.env.example', () => {
  it('names every setting and no other', () => {
    const optional = ['NODE_ID', 'DATABASE_URL', 'OPENAI_COMPATIBLE_BASE_URL', 'OPENAI_COMPATIBLE_API_KEY'];
    const known = [...Object.keys(new GatewayConfig()), ...optional];
    expect(Object.keys(settings).sort()).toEqual([...new Set(known)].sort());
  });

  it('shows the defaults', () => {
    expect(loadConfig(settings)).toEqual(loadConfig({}));
  });
});
