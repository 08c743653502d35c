import { subnetOf } from '@bulkhead/user-context';

/** Counts what each address holds at the same time, up to a ceiling. An IPv6 address counts as its /64. */
export class AddressCeiling {
  readonly #held = new Map<string, number>();

  constructor(readonly limit: number) {}

  /** Takes one of the address's places. @returns what gives it back, once; undefined when there is none left */
  take(address: string | undefined): (() => void) | undefined {
    const subnet = subnetOf(address);
    const held = this.#held.get(subnet) ?? 0;
    if (held >= this.limit) return undefined;
    this.#held.set(subnet, held + 1);
    let isHeld = true;
    return () => {
      if (isHeld) this.#release(subnet);
      isHeld = false;
    };
  }

  isReached(address: string | undefined): boolean {
    return (this.#held.get(subnetOf(address)) ?? 0) >= this.limit;
  }

  #release(subnet: string): void {
    const left = (this.#held.get(subnet) ?? 0) - 1;
    if (left > 0) this.#held.set(subnet, left);
    else this.#held.delete(subnet);
  }
}
