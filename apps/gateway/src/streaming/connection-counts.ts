/** How long a node that says nothing is counted, in milliseconds: it says something each second. */
export const SILENCE_MS = 2_500;
/** Users in one announcement: PostgreSQL takes less than 8,000 bytes. */
const USERS_PER_PAYLOAD = 100;
/** Asks the others for all they have. */
const QUESTION = '?';

interface Neighbour {
  heardAt: number;
  readonly counts: Map<string, number>;
}

/**
 * How many connections each user has, here and on the other nodes, as those tell. A node that died is forgotten when
 * it was not heard for `SILENCE_MS`. What travels names users and says nothing about them but a number.
 */
export class ConnectionCounts {
  readonly #own = new Map<string, number>();
  readonly #neighbours = new Map<string, Neighbour>();
  readonly #changed = new Set<string>();
  #isCurious = false;
  #onNews: () => void = () => undefined;

  /** @param node its name on the channel @param now milliseconds, of any clock that only goes forward */
  constructor(
    private readonly node: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Users that have a connection here. */
  get users(): number {
    return this.#own.size;
  }

  /** A user's connections on all nodes. */
  of(userId: string): number {
    let count = this.#own.get(userId) ?? 0;
    for (const { heardAt, counts } of this.#neighbours.values()) {
      if (this.now() - heardAt <= SILENCE_MS) count += counts.get(userId) ?? 0;
    }
    return count;
  }

  /** Calls back when there is something that the others should be told soon. */
  onNews(then: () => void): void {
    this.#onNews = then;
  }

  /** One more here, or one less. */
  change(userId: string, by: 1 | -1): void {
    const count = (this.#own.get(userId) ?? 0) + by;
    if (count > 0) this.#own.set(userId, count);
    else this.#own.delete(userId);
    this.#changed.add(userId);
    this.#onNews();
  }

  /** What the others are to be told now: what has changed, or that nothing has. */
  announcements(): string[] {
    const [changed, questions] = [[...this.#changed], this.#isCurious ? [this.question()] : []];
    this.#changed.clear();
    this.#isCurious = false;
    // A node without connections has nothing that would have to stay.
    if (changed.length === 0) return this.#own.size > 0 ? [this.node, ...questions] : questions;
    const payloads = Array.from({ length: Math.ceil(changed.length / USERS_PER_PAYLOAD) }, (_, index) => {
      const users = changed.slice(index * USERS_PER_PAYLOAD, (index + 1) * USERS_PER_PAYLOAD);
      return [this.node, ...users.map((userId) => `${userId} ${this.#own.get(userId) ?? 0}`)].join(' ');
    });
    return [...payloads, ...questions];
  }

  /** What makes the others tell all they have. */
  question(): string {
    return `${this.node} ${QUESTION}`;
  }

  hear(payload: string): void {
    const [node = '', ...words] = payload.split(' ');
    if (node === this.node) return;
    if (words[0] === QUESTION) {
      for (const userId of this.#own.keys()) this.#changed.add(userId);
      return this.#onNews();
    }
    // It is new, or was silent for so long that it was forgotten: it has more than what it says now.
    if (!this.#neighbours.has(node)) this.#isCurious = true;
    const neighbour = this.#neighbours.get(node) ?? { heardAt: 0, counts: new Map<string, number>() };
    neighbour.heardAt = this.now();
    for (let word = 0; word + 1 < words.length; word += 2) {
      const [userId = '', count] = [words[word], Number(words[word + 1])];
      if (count > 0) neighbour.counts.set(userId, count);
      else neighbour.counts.delete(userId);
    }
    this.#neighbours.set(node, neighbour);
  }

  /** Lets go of nodes that are not counted any more. */
  forgetTheSilent(): void {
    for (const [node, { heardAt }] of this.#neighbours) {
      if (this.now() - heardAt > SILENCE_MS) this.#neighbours.delete(node);
    }
  }
}
