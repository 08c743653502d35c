import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { MAX_DISPLAY_NAME_LENGTH, MAX_EMAIL_LENGTH, tidy } from '../accounts/account-rules.ts';
import type { ProviderOptions } from '../auth.options.ts';
import type { Role } from '../permissions.ts';
import { claimAt } from './claim-path.ts';

/** Longest subject of an issuer, in characters. Source: OpenID Connect Core 1.0, section 2. */
const MAX_SUBJECT_LENGTH = 255;
const HASH_PARTS = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})/;

/** What a verified token says about its user. */
export interface ProviderSubject {
  readonly subject: string;
  readonly displayName: string;
  readonly email: string | null;
  /** Undefined: this provider says nothing about roles. */
  readonly roles: readonly Role[] | undefined;
  /** The claim that should say so is not there. */
  readonly lacksRoles: boolean;
  /** Tells this sign-in from others of the same user. */
  readonly signIn: string;
  readonly issuedAt: Date;
  /** When the user proved who they are at the provider; undefined when the provider does not say so. */
  readonly signedInAt: Date | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** @throws TypeError when a claim is not what it must be */
export function readClaims(payload: JWTPayload, token: string, options: ProviderOptions): ProviderSubject {
  const { sub, exp, iat, jti } = payload;
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT_LENGTH || !isPlain(sub)) {
    throw new TypeError('The token names no user.');
  }
  if (typeof exp !== 'number' || typeof iat !== 'number') throw new TypeError('The token has no times.');
  const sid = payload['sid'];
  const { rolesClaim } = options;
  return {
    subject: sub,
    displayName:
      [payload['name'], payload['preferred_username'], payload['email']].map(nameOf).find(Boolean) ?? 'User',
    email: emailOf(payload['email']),
    roles: rolesClaim === undefined ? undefined : rolesOf(claimAt(payload, rolesClaim), options),
    lacksRoles: rolesClaim !== undefined && claimAt(payload, rolesClaim) === undefined,
    signIn:
      typeof sid === 'string' ? `sid ${sid}` : typeof jti === 'string' ? `jti ${jti}` : `token ${token}`,
    issuedAt: new Date(iat * 1000),
    signedInAt: signedInAt(payload['auth_time'], iat),
    expiresAt: exp * 1000,
  };
}

/** An id that is the same for each token of one sign-in, and of nobody else's. */
export function sessionIdOf(userId: string, signIn: string): string {
  const hash = createHash('sha256').update(`${userId}\n${signIn}`).digest('hex');
  // Version 8 of RFC 9562, section 5.8: the bits mean what we say they mean.
  return hash.replace(HASH_PARTS, '$1-$2-8$3-8$4-$5').slice(0, 36);
}

function rolesOf(value: unknown, { roles, defaultRoles }: ProviderOptions): readonly Role[] {
  const named = Array.isArray(value) ? value : [value];
  const mapped = named.flatMap((name) =>
    typeof name === 'string' && Object.hasOwn(roles, name) ? [roles[name] as Role] : [],
  );
  return [...new Set([...defaultRoles, ...mapped])].sort();
}

/** Source: OpenID Connect Core 1.0, section 2; RFC 9068, section 2.2.1. Nobody signed in after their token was issued. */
const signedInAt = (authTime: unknown, issuedAt: number): Date | undefined =>
  typeof authTime === 'number' && Number.isFinite(authTime)
    ? new Date(Math.max(0, Math.min(authTime, issuedAt)) * 1000)
    : undefined;

const isPlain = (value: string): boolean => !/[\p{Cc}\p{Cs}]/u.test(value);

function nameOf(value: unknown): string {
  const isName = typeof value === 'string' && isPlain(value);
  return isName ? [...tidy(value)].slice(0, MAX_DISPLAY_NAME_LENGTH).join('') : '';
}

const emailOf = (value: unknown): string | null =>
  typeof value === 'string' && value.length <= MAX_EMAIL_LENGTH && isPlain(value) && value.includes('@')
    ? tidy(value)
    : null;
