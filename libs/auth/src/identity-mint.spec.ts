import { claimIdentityMint } from '@bulkhead/user-context';
import './identity-mint.ts';

describe('the right to make identities', () => {
  it('is taken the moment this lib loads, so nobody else can have it', () => {
    expect(() => claimIdentityMint()).toThrow('taken already');
  });
});
