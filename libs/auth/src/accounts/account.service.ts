import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '@bulkhead/audit';
import { AccountTransactions, accounts, type TransactionDatabase } from '@bulkhead/persistence';
import { Identity, subnetOf } from '@bulkhead/user-context';
import { and, eq, sql } from 'drizzle-orm';
import { signInRules, signUpRules, tidy, type Rule } from './account-rules.ts';
import {
  EmailTakenError,
  InvalidAccountError,
  LocalAccountsOffError,
  SignInRefusedError,
  UnauthenticatedError,
} from '../auth.errors.ts';
import { AUTH_OPTIONS, type AuthOptions } from '../auth.options.ts';
import { concerning } from './concerned-account.ts';
import { LOCAL_ACCOUNTS } from './local-accounts.ts';
import { PasswordHasher } from './password-hasher.service.ts';
import { MAX_USER_AGENT_LENGTH, Sessions, type SignedIn } from '../sessions/sessions.service.ts';
import { SignInThrottle } from './sign-in-throttle.service.ts';
import { profileColumns, type UserProfile } from '../user-profile.ts';

export interface SignInInput {
  /** Compared without regard to capitals and surrounding white space. */
  readonly email: string;
  readonly password: string;
  /** What the client calls itself: told to the user in the list of sessions. */
  readonly userAgent?: string | undefined;
  /** Where it comes from: guesses are counted, and take turns, by address. */
  readonly address?: string | undefined;
}

export interface SignUpInput extends SignInInput {
  /** The name that others see; by default the email's part before the `@`. */
  readonly displayName?: string | undefined;
}

/** Local accounts. Everything may throw DatabaseUnavailableError; then nothing was stored. */
@Injectable()
export class AccountService {
  constructor(
    private readonly transactions: AccountTransactions,
    private readonly passwords: PasswordHasher,
    private readonly sessions: Sessions,
    private readonly throttle: SignInThrottle,
    private readonly audit: AuditLog,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  /**
   * Makes an account with the role `user`, and signs it in.
   * @throws InvalidAccountError, EmailTakenError, SignInBusyError
   */
  async signUp(input: SignUpInput): Promise<SignedIn> {
    this.#refuseWhenOff();
    check(signUpRules, input);
    const email = tidy(input.email);
    const account = {
      userId: randomUUID(),
      email,
      displayName: tidy(input.displayName ?? email.slice(0, email.lastIndexOf('@'))),
      // Before the transaction: no connection is held while others' passwords are hashed.
      passwordHash: await this.passwords.hash(input.password, { address: input.address }),
    };
    const signedIn = await this.transactions.run(async (db) => {
      const [user] = await db
        .insert(accounts)
        .values(account)
        .onConflictDoNothing()
        .returning(profileColumns);
      if (!user) throw new EmailTakenError();
      const tokens = await this.sessions.open(db, user.userId, input.userAgent);
      await this.audit.appendAs(
        db,
        user.userId,
        'sign_up.succeeded',
        { issuer: LOCAL_ACCOUNTS },
        trailOf(input),
      );
      return { user, ...tokens };
    });
    await this.throttle.remember(email, input.address);
    return signedIn;
  }

  /**
   * Takes the same work, and gives the same error, whether the email or the password is wrong, the account disabled,
   * or the address locked after ten wrong passwords for this account within a quarter of an hour. From the third on
   * there is a wait after each, whether there is such an account or not.
   * @throws InvalidAccountError, SignInRefusedError, SignInDelayedError, SignInBusyError
   */
  async signIn(input: SignInInput): Promise<SignedIn> {
    this.#refuseWhenOff();
    check(signInRules, input);
    const { address = '' } = input;
    const email = tidy(input.email);
    // First, also for who is sent away at once: so it takes the same time whether there is such an account.
    const find = (db: TransactionDatabase) =>
      db
        .select({
          user: profileColumns,
          passwordHash: accounts.passwordHash,
          disabledAt: accounts.disabledAt,
        })
        .from(accounts)
        .where(
          and(eq(accounts.issuer, LOCAL_ACCOUNTS), eq(sql`lower(${accounts.email})`, sql`lower(${email})`)),
        );
    const [account] = await this.transactions.run(find, subnetOf(address));
    const userId = account?.user.userId;
    await this.throttle.assertNotTooEarly(email, address).catch((error: Error) => {
      throw concerning(error, userId);
    });
    // The same work for all that are refused, whatever the reason.
    const isFamiliar = await this.throttle.isFamiliar(email, address);
    const origin = { address, ...(isFamiliar && { familiar: email.toLowerCase() }) };
    const isRight = await this.passwords.verify(account?.passwordHash, input.password, origin);
    const isLocked = await this.throttle.isLocked(email, address);
    if (!account || !isRight || account.disabledAt || isLocked) {
      await this.throttle.noteFailure(email, address);
      throw concerning(new SignInRefusedError(), userId);
    }
    await this.throttle.forget(email, address);
    await this.throttle.remember(email, address);
    const { user } = account;
    const tokens = await this.transactions.run(async (db) => {
      const opened = await this.sessions.open(db, user.userId, input.userAgent);
      await this.audit.appendAs(
        db,
        user.userId,
        'sign_in.succeeded',
        { issuer: LOCAL_ACCOUNTS },
        trailOf(input),
      );
      return opened;
    });
    return { user, ...tokens };
  }

  /**
   * Exchanges a refresh token for new tokens. Each is good once, and for ten seconds more gives the same successor
   * again, in case the answer was lost; any other second use ends the session.
   * @throws UnauthenticatedError
   */
  refresh(refreshToken: unknown): Promise<SignedIn> {
    this.#refuseWhenOff();
    return this.sessions.refresh(refreshToken);
  }

  /** Ends the identity's session on every node: nothing is authenticated by it any more. Accepted runs go on, and open connections until their access token expires. */
  async signOut(identity: Identity): Promise<void> {
    await this.sessions.signOut(Identity.verify(identity));
  }

  /** @throws UnauthenticatedError when the account is gone */
  async profile(identity: Identity): Promise<UserProfile> {
    const { userId } = Identity.verify(identity);
    const [user] = await this.transactions.run((db) =>
      db.select(profileColumns).from(accounts).where(eq(accounts.userId, userId)),
    );
    if (!user) throw new UnauthenticatedError();
    return user;
  }

  /** @throws LocalAccountsOffError */
  #refuseWhenOff(): void {
    if (this.options.localAccounts === false) throw new LocalAccountsOffError();
  }
}

/** From where somebody signed in, named as in a context's trail. */
const trailOf = ({ address, userAgent }: SignInInput) => ({
  auditMetadata: {
    ...(address !== undefined && { clientIp: address }),
    ...(userAgent !== undefined && { userAgent: userAgent.slice(0, MAX_USER_AGENT_LENGTH) }),
  },
});

function check(rules: Readonly<Record<string, Rule>>, input: object): void {
  const values: Readonly<Record<string, unknown>> = { ...input };
  for (const [field, rule] of Object.entries(rules)) {
    const refusal = rule(values[field], values);
    if (refusal !== undefined) throw new InvalidAccountError(field, refusal);
  }
}
