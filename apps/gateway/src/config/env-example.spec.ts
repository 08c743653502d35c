import { readFileSync } from 'node:fs';
import { loadConfig, settingNames } from './gateway.config.ts';

const example = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
const settings = Object.fromEntries(
  [...example.matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(([, key, value]) => [key, value]),
);

describe('.env.example', () => {
  it('names every setting and no other', () => {
    expect(Object.keys(settings).sort()).toEqual([...settingNames()].sort());
  });

  it('shows the defaults', () => {
    expect(loadConfig(settings)).toEqual(loadConfig({}));
  });
});
