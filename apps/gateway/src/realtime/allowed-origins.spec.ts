import { isAllowedOrigin } from './allowed-origins.ts';

const allowed = new Set(['https://chat.example.org']);
const host = 'bulkhead.example.org:3000';

describe('a connection', () => {
  it.each([
    [undefined, true],
    ['https://chat.example.org', true],
    ['http://bulkhead.example.org:3000', true],
    ['https://evil.example', false],
    ['https://chat.example.org.evil.example', false],
    ['http://bulkhead.example.org', false],
    ['null', false],
    ['', false],
    ['not an origin', false],
  ])('of origin %s is allowed: %s', (origin, expected) => {
    expect(isAllowedOrigin({ host, ...(origin !== undefined && { origin }) }, allowed)).toBe(expected);
  });
});
