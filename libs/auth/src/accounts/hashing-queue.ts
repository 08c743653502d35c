import { BoundedQueue } from '@bulkhead/persistence';
import { siteOf, subnetOf } from '@bulkhead/user-context';
import { SignInBusyError } from '../auth.errors.ts';

/** Passwords that wait from where nobody is known. */
export const MAX_STRANGERS = 100;
/** Passwords that wait from where their account signed in before. */
export const MAX_FAMILIAR = 50;
/** Passwords from all subnets of one /48, waiting or at work: one customer has 65,536 of them. */
export const MAX_OF_SITE = 25;

/** Where a password comes from. */
export interface PasswordOrigin {
  readonly address?: string | undefined;
  /** Names the account, if it has signed in from this subnet before. */
  readonly familiar?: string | undefined;
}

/**
 * Gives passwords their turns at the hash. Those from where their account signed in before have places and every other
 * turn of their own, so that strangers, from however many addresses, keep none of them from signing in. Among
 * strangers subnets take turns, among the others accounts: one account from many addresses is one still.
 */
export class HashingQueue {
  readonly #turns: BoundedQueue;
  readonly #familiar: BoundedQueue;
  readonly #strangers: BoundedQueue;
  /** By /48, where that is more than one subnet. */
  readonly #ofSite = new Map<string, number>();

  constructor(atOnce: number) {
    const queueOf = (waiting: number): BoundedQueue =>
      new BoundedQueue({ atOnce, waiting, refusal: (limit) => new SignInBusyError(limit) });
    this.#familiar = queueOf(MAX_FAMILIAR);
    this.#strangers = queueOf(MAX_STRANGERS);
    // Each of the two before it lets so many in, so this one is never full.
    this.#turns = queueOf(2 * atOnce);
  }

  /** @throws SignInBusyError when too many are waiting */
  run<R>(work: () => Promise<R>, { address, familiar }: PasswordOrigin = {}): Promise<R> {
    if (familiar !== undefined) {
      return this.#familiar.run(() => this.#turns.run(work, { lane: 'familiar' }), { lane: familiar });
    }
    const lane = subnetOf(address);
    const entered = () => this.#strangers.run(() => this.#turns.run(work, { lane: 'strangers' }), { lane });
    const site = siteOf(address);
    return site === lane ? entered() : this.#withinSite(site, entered);
  }

  async #withinSite<R>(site: string, enter: () => Promise<R>): Promise<R> {
    const present = this.#ofSite.get(site) ?? 0;
    if (present >= MAX_OF_SITE) throw new SignInBusyError(MAX_OF_SITE);
    this.#ofSite.set(site, present + 1);
    try {
      return await enter();
    } finally {
      const left = (this.#ofSite.get(site) ?? 1) - 1;
      if (left === 0) this.#ofSite.delete(site);
      else this.#ofSite.set(site, left);
    }
  }
}
