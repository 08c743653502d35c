import { randomUUID } from 'node:crypto';
import { mintIdentity, type Identity, type IdentityClaims } from '../identity.ts';

/** An identity of a new user with no permissions, valid for an hour. */
export function anIdentity(claims: Partial<IdentityClaims> = {}): Identity {
  return mintIdentity({
    userId: randomUUID(),
    sessionId: randomUUID(),
    roles: ['user'],
    permissions: [],
    issuer: 'local',
    expiresAt: Date.now() + 3_600_000,
    ...claims,
  });
}
