import { IssuerUnavailableError } from '../auth.errors.ts';
import { ProviderKeys } from './provider-keys.ts';

describe("A provider's keys", () => {
  it('are looked up in the way that the server reaches others, and without following redirects', async () => {
    const asked: [string, RequestInit['redirect']][] = [];
    const keys = new ProviderKeys('https://id.test', (url, init) => {
      asked.push([url as string, init?.redirect]);
      return Promise.resolve(new Response('', { status: 503 }));
    });
    const found = Promise.resolve(keys.find({ alg: 'RS256' }, { payload: '', signature: '' }));
    await expect(found).rejects.toBeInstanceOf(IssuerUnavailableError);
    expect(asked).toEqual([['https://id.test/.well-known/openid-configuration', 'error']]);
  });
});
