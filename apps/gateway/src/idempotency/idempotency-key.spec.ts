import { InvalidRequestError } from '../validation/request.errors.ts';
import { onceOfRequest } from './idempotency-key.ts';

const request = (key: string | string[] | undefined, body: unknown = { content: 'x' }, url = '/v1/threads') =>
  onceOfRequest({
    headers: { ...(key !== undefined && { 'idempotency-key': key }) },
    method: 'POST',
    url,
    body,
  });

describe('an idempotency key', () => {
  it('need not be there', () => {
    expect(request(undefined)).toBeUndefined();
  });

  it.each(['a', '8e03978e-40d5-43dd-bc93-6894a57f9324', 'x'.repeat(200)])('is %s', (key) => {
    expect(request(key)?.key).toBe(key);
  });

  it('may be quoted, as a structured field is', () => {
    expect(request('"a-b"')?.key).toBe('a-b');
  });

  it.each(['', ' ', 'a b', 'ä', 'x'.repeat(201), '"open', ['a', 'b']])('is not %j', (key) => {
    expect(() => request(key as string)).toThrow(InvalidRequestError);
  });

  it('stands for one request: another body or path has another fingerprint', () => {
    const prints = [request('k'), request('k', { content: 'y' }), request('k', undefined, '/v1/other')];
    expect(new Set(prints.map((once) => once?.fingerprint)).size).toBe(3);
    expect(request('k')).toEqual(request('k'));
  });
});
