import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { AuditLog, SYSTEM_CHAIN } from '@bulkhead/audit';
import { AccountTransactions } from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';
import { assertRecentSignIn } from '../accounts/account-hold.ts';
import { AUTH_OPTIONS, type AuthOptions } from '../auth.options.ts';
import { SigningKeys } from './signing-keys.service.ts';

/** How often a node looks whether the key is old enough, in milliseconds. */
const INTERVAL_MS = 3_600_000;

/** Takes a new signing key when the old one has been in use for long enough, or an administrator asks for it. */
@Injectable()
export class SigningKeyRotation implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(SigningKeyRotation.name);
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly keys: SigningKeys,
    private readonly transactions: AccountTransactions,
    private readonly audit: AuditLog,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.rotateWhenDue();
    this.#timer = setInterval(() => {
      this.rotateWhenDue().catch((error: unknown) =>
        this.#logger.warn(`The signing key was not rotated: ${String(error)}`),
      );
    }, INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** Once over all nodes, when the newest key is older than the setting says. @returns the new key's id, if any */
  async rotateWhenDue(): Promise<string | undefined> {
    const { signingKeyRotationDays = 0 } = this.options;
    if (signingKeyRotationDays === 0) return undefined;
    return this.transactions.run(async (db) => {
      const keyId = await this.keys.rotate(db, signingKeyRotationDays);
      const details = { keyId, reason: 'schedule' };
      if (keyId !== undefined) await this.audit.appendAs(db, SYSTEM_CHAIN, 'signing_key.rotated', details);
      return keyId;
    });
  }

  /**
   * At once, for an administrator.
   * @returns the new key's id
   * @throws RecentSignInRequiredError
   */
  async rotate(actor: UserExecutionContext): Promise<string> {
    UserExecutionContext.verify(actor);
    return this.transactions.run(async (db) => {
      await assertRecentSignIn(db, actor.identity);
      const keyId = (await this.keys.rotate(db)) ?? '';
      await this.audit.appendBy(db, actor, 'signing_key.rotated', { keyId, reason: 'administrator' });
      return keyId;
    });
  }
}
