import type { UserDatabaseSession } from '@bulkhead/persistence';
import type { PrivateDataReads } from '../dispatch/private-data-reads.service.ts';
import { isFromUser } from './user-addresses.ts';
import type { WebFetcherOptions } from './web-fetch.options.ts';
import { refusal } from './web-target.ts';

type Session = Pick<UserDatabaseSession, 'context' | 'statement'>;

/** Decides which addresses an agent may fetch by itself, which its user is asked about, and which nobody gets. */
export class WebFetchPolicy {
  constructor(
    private readonly options: Pick<WebFetcherOptions, 'mode' | 'domains'>,
    private readonly privateData: PrivateDataReads,
  ) {}

  /**
   * An address can carry data away: what its agent has read in this thread could be in it. So one that did not come
   * from the user is shown to the user first.
   */
  async needsApproval(url: URL, session: Session): Promise<boolean> {
    if (this.options.mode === 'approve') return true;
    // Refused by `assertListed`: there is nothing to ask about.
    if (!this.#isListed(url)) return false;
    return !(await isFromUser(url, session)) && this.privateData.areIn(session);
  }

  /** @throws ToolRefusalError for an address outside of the listed domains, where only those are allowed */
  assertListed(url: URL): void {
    if (!this.#isListed(url)) throw refusal('Pages of this domain can not be fetched here.');
  }

  /** @throws ToolRefusalError for a redirect that the agent may not follow by itself */
  async assertMayFollow(to: URL, session: Session): Promise<void> {
    this.assertListed(to);
    if (!(await this.needsApproval(to, session))) return;
    throw refusal(
      `The page redirects to another host, which the user must approve. Fetch that address: ${to.href}`,
    );
  }

  #isListed({ hostname }: URL): boolean {
    const { mode, domains = [] } = this.options;
    if (mode !== 'domains') return true;
    const host = hostname.replace(/\.$/, '');
    return domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
  }
}
