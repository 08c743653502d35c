import type { Sabotage } from './sabotage.ts';

/** Of credentials: how they are made, what raises rights, and how they end for good. */
export const credentialSabotages: readonly Sabotage[] = [
  {
    name: 'disabled account whose sessions live on',
    breaks: 'enabling an account revives no credential from before',
    places: [
      {
        file: 'libs/auth/src/administration/user-administration.service.ts',
        find: "if (isDisabled) await endCredentials(db, userId, 'account_disabled');",
        replace: '',
      },
    ],
    guard: { spec: 'libs/auth/src/accounts/account-hold.spec.ts' },
  },
  {
    name: 'credential that is made while its account is disabled',
    breaks: 'no credential outlives the disabling of its account',
    places: [
      {
        file: 'libs/auth/src/accounts/account-hold.ts',
        find: ".for('no key update');",
        replace: ';',
      },
    ],
    guard: { spec: 'libs/auth/src/accounts/account-hold.spec.ts' },
  },
  {
    name: 'API key that makes administrators',
    breaks: 'only somebody who signed in a moment ago raises rights',
    places: [
      {
        file: 'libs/auth/src/accounts/account-hold.ts',
        find: "sql`${sessions.kind} <> 'api_key'`, sql`${sessions.signedInAt} > now() - make_interval(mins => ${RECENT_SIGN_IN_MINUTES})`,",
        replace: '',
      },
    ],
    guard: { spec: 'libs/auth/src/accounts/account-hold.spec.ts' },
  },
  {
    name: 'role that comes back to an API key',
    breaks: 'a role that was taken away takes from API keys what they had by it, for good',
    places: [
      {
        file: 'libs/auth/src/administration/user-administration.service.ts',
        find: 'if (roles) await narrowApiKeys(db, userId, roles);',
        replace: '',
      },
    ],
    guard: { spec: 'libs/auth/src/accounts/account-hold.spec.ts' },
  },
  {
    name: 'ended sign-in of a provider that is forgotten after a week',
    breaks: 'a sign-in that was ended here is not opened again by the provider',
    places: [
      {
        file: 'libs/auth/src/sessions/auth-retention.service.ts',
        find: "and not (kind = 'provider' and revoked_at is not null) limit",
        replace: 'limit',
      },
    ],
    guard: { spec: 'libs/auth/src/providers/provider-tokens.spec.ts', test: 'however it is prolonged' },
  },
  {
    name: 'ID token that passes as an access token',
    breaks: 'only an access token opens the door, whatever its audience',
    places: [
      {
        file: 'libs/auth/src/providers/provider-tokens.service.ts',
        find: "assertAccessToken(protectedHeader, payload, options.tokenTypes ?? ['at+jwt']);",
        replace: '',
      },
    ],
    guard: { spec: 'libs/auth/src/providers/provider-forgery.spec.ts' },
  },
  {
    name: 'simulated issuer outside of tests',
    breaks: 'a server that people use believes no issuer that is made for tests',
    places: [
      {
        file: 'apps/gateway/src/config/auth.config.ts',
        find: "simulation && config.NODE_ENV !== 'test'",
        replace: "simulation && config.NODE_ENV === 'production'",
      },
    ],
    guard: { spec: 'apps/gateway/src/config/gateway.config.spec.ts' },
  },
  {
    name: 'signing key that is stored in clear',
    breaks: 'a backup of the database signs no token',
    places: [
      {
        file: 'libs/auth/src/tokens/signing-keys.service.ts',
        find: 'privateJwk: await this.vault.seal(privateJwk)',
        replace: 'privateJwk',
      },
    ],
    guard: { spec: 'libs/auth/src/tokens/signing-keys.service.spec.ts', test: 'thumbprint' },
  },
  {
    name: 'signing key that is never changed',
    breaks: 'a new key signs on schedule',
    places: [
      {
        file: 'libs/auth/src/tokens/signing-key-rotation.service.ts',
        find: 'if (signingKeyRotationDays === 0) return undefined;',
        replace: 'if (signingKeyRotationDays >= 0) return undefined;',
      },
    ],
    guard: { spec: 'libs/auth/src/tokens/signing-key-rotation.spec.ts', test: 'schedule' },
  },
  {
    name: 'attack on an account that its owner never learns of',
    breaks: 'a refused sign-in is in the log of the account that it was about',
    places: [
      {
        file: 'apps/gateway/src/security/access-denial-recorder.service.ts',
        find: 'identity?.userId ?? accountConcernedBy(error);',
        replace: 'identity?.userId;',
      },
    ],
    guard: { spec: 'apps/gateway/src/security/access-denial-recorder.spec.ts' },
  },
  {
    name: 'strangers who take every turn of the password hash',
    breaks: 'many attacking addresses keep nobody from signing in where they have before',
    places: [
      {
        file: 'libs/auth/src/accounts/hashing-queue.ts',
        find: 'if (familiar !== undefined) {',
        replace: "if (familiar === '') {",
      },
    ],
    guard: { spec: 'libs/auth/src/accounts/hashing-queue.spec.ts' },
  },
  {
    name: 'guesses that are counted per address of an IPv6 network',
    breaks: 'who has a network guesses no more often than who has an address',
    places: [
      {
        file: 'libs/auth/src/accounts/sign-in-throttle.service.ts',
        find: 'hashOf(email, subnetOf(address));',
        replace: 'hashOf(email, address);',
      },
    ],
    guard: { spec: 'libs/auth/src/accounts/sign-in-throttle.spec.ts', test: 'as a whole' },
  },
  {
    name: 'witness of the audit log that is overwritten unread',
    breaks: 'a database that has lost the end of its audit log is noticed at the start',
    places: [
      {
        file: 'libs/audit/src/witness-guard.ts',
        find: 'if (!witness || (await has(db, witness))) return undefined;',
        replace: 'if (witness || !this.#isLost) return undefined;',
      },
    ],
    guard: { spec: 'libs/audit/src/witness-guard.spec.ts' },
  },
];
