import { compareWithSealed } from './sealed-order.ts';

const sealedAs = (text: string, begin = 1): Map<number, string> =>
  new Map([...text].map((auditId, index) => [begin + index, auditId]));
const isNow = (text: string) => [...text].map((auditId, index) => ({ seq: index + 1, auditId }));
const wordsFor = (sealed: ReadonlyMap<number, string>, now: string): string[] =>
  compareWithSealed(sealed, isNow(now)).map(({ kind, seq, auditId }) => `${kind} ${seq} ${auditId}`);

describe('rows against their seals', () => {
  it.each<[sealed: string, now: string, differences: string[]]>([
    ['', 'ab', []],
    ['abcd', 'abcd', []],
    ['abcd', 'abcdef', []],
    ['abcd', 'abd', ['removed 3 c']],
    ['abcd', 'bcd', ['removed 1 a']],
    ['abcd', 'ad', ['removed 2 b', 'removed 3 c']],
    ['abcd', '', ['removed 1 a', 'removed 2 b', 'removed 3 c', 'removed 4 d']],
    ['abcd', 'abxcd', ['inserted 3 x']],
    ['abcd', 'xabcd', ['inserted 1 x']],
    ['abcd', 'abxd', ['removed 3 c', 'inserted 3 x']],
    ['abcd', 'acbd', ['moved 2 c', 'moved 3 b']],
  ])('of "%s" that is "%s" now says %j', (sealed, now, differences) => {
    expect(wordsFor(sealedAs(sealed), now)).toEqual(differences);
  });

  it('say nothing about rows before those that seals have', () => {
    expect(wordsFor(sealedAs('cd', 3), 'xycd')).toEqual([]);
  });

  it('say nothing about rows whose seal is gone', () => {
    const holed = new Map([...sealedAs('ab'), ...sealedAs('ef', 5)]);
    expect(wordsFor(holed, 'abcdef')).toEqual([]);
    expect(wordsFor(holed, 'axbcdef')).toEqual(['inserted 2 x']);
  });
});
