import { claimIdentityMint } from '@bulkhead/user-context';

/** The one right to make identities. Only the authenticator may import this. */
export const mintIdentity = claimIdentityMint();
