import { GivenTokens } from './given-tokens.ts';

describe('tokens that somebody else gives out', () => {
  it('are asked for each time, so that none is used that has expired meanwhile', async () => {
    let number = 0;
    const tokens = new GivenTokens(() => `token-${++number}`);
    expect([await tokens.token(), await tokens.token()]).toEqual(['token-1', 'token-2']);
  });

  it('are asked for with the one that the server refused', async () => {
    const asked: unknown[] = [];
    const tokens = new GivenTokens((refused) => {
      asked.push(refused);
      return 'token';
    });
    tokens.refuse(await tokens.token());
    await tokens.token();
    expect(asked).toEqual([undefined, 'token']);
  });

  it('can be given later, and not waited for', async () => {
    const tokens = new GivenTokens(() => new Promise(() => undefined));
    const abort = new AbortController();
    const waiting = tokens.token(abort.signal);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
