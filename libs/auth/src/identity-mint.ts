import { claimIdentityMint } from '@bulkhead/user-context';

/** The one right to make identities. Only the authenticator, and what renews its identities, may import this. */
export const mintIdentity = claimIdentityMint();
