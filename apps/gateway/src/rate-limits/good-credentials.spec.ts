import { GoodCredentials } from './good-credentials.service.ts';

describe('a credential that was good', () => {
  it('counts as good for five minutes, and for no longer', () => {
    const credentials = new GoodCredentials();
    credentials.note('a', 0);
    expect(credentials.has('a', 299_999)).toBe(true);
    expect(credentials.has('a', 300_000)).toBe(false);
    expect(credentials.has('b', 0)).toBe(false);
    expect(credentials.has(undefined, 0)).toBe(false);
  });

  it('is forgotten when it is refused', () => {
    const credentials = new GoodCredentials();
    credentials.note('a');
    credentials.forget('a');
    expect(credentials.has('a')).toBe(false);
  });

  it('gives way to 10,000 newer ones', () => {
    const credentials = new GoodCredentials();
    for (let index = 0; index <= 10_000; index += 1) credentials.note(`${index}`, 0);
    expect(credentials.has('0', 1)).toBe(false);
    expect(credentials.has('1', 1)).toBe(true);
  });
});
