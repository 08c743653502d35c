import { accounts } from '@bulkhead/persistence';

/** What a user may see of their own account. */
export interface UserProfile {
  readonly userId: string;
  /** Null when the user's OpenID provider tells none. */
  readonly email: string | null;
  readonly displayName: string;
  readonly roles: readonly string[];
}

/** The only columns of an account that leave this lib. */
export const profileColumns = {
  userId: accounts.userId,
  email: accounts.email,
  displayName: accounts.displayName,
  roles: accounts.roles,
} as const;
