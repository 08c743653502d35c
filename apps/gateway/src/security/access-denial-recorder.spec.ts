import { jest } from '@jest/globals';
import { RefusalLog } from '@bulkhead/audit';
import { accountConcernedBy, AccountService } from '@bulkhead/auth';
import { openTestAuth, type TestAuth } from '@bulkhead/auth/testing';
import { AddressLimits } from '../rate-limits/address-limits.service.ts';
import { AccessDenialRecorder } from './access-denial-recorder.service.ts';

let auth: TestAuth;
let refusals: AccessDenialRecorder;
const note = jest.spyOn(RefusalLog.prototype, 'note').mockImplementation(() => undefined);

beforeAll(async () => {
  auth = await openTestAuth();
  const log = auth.node.get(RefusalLog, { strict: false });
  refusals = new AccessDenialRecorder(log, Object.create(AddressLimits.prototype) as AddressLimits);
});
afterAll(() => auth.close());
beforeEach(() => note.mockClear());

const wrongPassword = (email: string): Promise<unknown> =>
  auth.node
    .get(AccountService, { strict: false })
    .signIn({ email, password: 'a wrong guess', address: '203.0.113.7' })
    .catch((error: unknown) => error);

describe('A refused sign-in', () => {
  it('is noted for the owner of the account, and answered as if there were none', async () => {
    const { email, user } = await auth.signUp();
    const refusal = await wrongPassword(email);
    expect(refusals.ofSocket(refusal, '203.0.113.7', 'POST /v1/auth/sign-in')).toBe(refusal);
    expect(note.mock.calls).toEqual([
      [
        {
          action: 'sign_in.refused',
          code: 'sign_in_refused',
          address: '203.0.113.7',
          subject: 'POST /v1/auth/sign-in',
          userId: user.userId,
        },
      ],
    ]);
  });

  it('is noted for nobody when there is no such account', async () => {
    const refusal = await wrongPassword('nobody@bulkhead.example');
    expect(accountConcernedBy(refusal)).toBeUndefined();
    refusals.ofSocket(refusal, '203.0.113.7', 'POST /v1/auth/sign-in');
    expect(note.mock.calls[0]?.[0]).not.toHaveProperty('userId');
  });
});
