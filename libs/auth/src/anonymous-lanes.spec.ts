import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { AccountTransactions } from '@bulkhead/persistence';
import { AccountService } from './accounts/account.service.ts';
import { newApiKey } from './api-keys/api-key.ts';
import { openTestAuth, type TestAuth } from './testing/index.ts';

let auth: TestAuth;
const run = jest.spyOn(AccountTransactions.prototype, 'run');

beforeAll(async () => {
  auth = await openTestAuth();
});
afterAll(() => auth.close());
beforeEach(() => run.mockClear());

/** In whose lanes the database was asked. */
const lanes = (): unknown[] => run.mock.calls.map(([, lane]) => lane);

describe('Somebody who is not known yet waits in the lane of their subnet', () => {
  it('when they come with an API key', async () => {
    const { text } = newApiKey(randomUUID());
    await auth.authenticator.authenticate(text, '2001:db8:1:2::7').catch(() => undefined);
    expect(lanes()).toEqual(['2001:db8:1:2::/64']);
  });

  it('when they sign in', async () => {
    const input = { email: 'ada@bulkhead.example', password: 'a wrong guess', address: '203.0.113.7' };
    await auth.node
      .get(AccountService, { strict: false })
      .signIn(input)
      .catch(() => undefined);
    expect(lanes()[0]).toBe('203.0.113.7');
  });
});
