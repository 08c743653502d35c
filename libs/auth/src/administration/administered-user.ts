import { accounts } from '@bulkhead/persistence';

/** What an administrator may know of a user: who it is, never what they do. */
export interface AdministeredUser {
  readonly userId: string;
  /** Who vouches for the user: `local`, or the URL of an OpenID provider. */
  readonly issuer: string;
  readonly email: string | null;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly isDisabled: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export interface AdministeredSession {
  readonly sessionId: string;
  readonly kind: 'sign_in' | 'api_key' | 'provider';
  readonly userAgent: string | null;
  /** ISO 8601, UTC; so is the other. */
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** All the columns that `bulkhead_admin` may read. */
export const userColumns = {
  userId: accounts.userId,
  issuer: accounts.issuer,
  email: accounts.email,
  displayName: accounts.displayName,
  roles: accounts.roles,
  disabledAt: accounts.disabledAt,
  createdAt: accounts.createdAt,
} as const;

type Row = Omit<AdministeredUser, 'isDisabled' | 'createdAt'> & {
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
};

export const toUser = ({ disabledAt, createdAt, ...user }: Row): AdministeredUser => ({
  ...user,
  isDisabled: disabledAt !== null,
  createdAt: createdAt.toISOString(),
});
