/** What is typed, line by line. A reader that gives up leaves its line to the next. */
export class TypedLines {
  #next: Promise<IteratorResult<string, undefined>> | undefined;

  constructor(private readonly input: AsyncIterator<string, undefined>) {}

  /** @returns undefined at the end of the input, or when `given up` is fulfilled before a line comes */
  async read(givenUp?: Promise<void>): Promise<string | undefined> {
    this.#next ??= this.input.next();
    const line = await (givenUp ? Promise.race([this.#next, givenUp]) : this.#next);
    if (line === undefined) return undefined;
    if (line.done) return undefined;
    this.#next = undefined;
    return line.value.trim();
  }
}
