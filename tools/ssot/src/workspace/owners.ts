/** Who owns each path, after the rules of a CODEOWNERS file: the last line that matches wins. */
export class Owners {
  readonly #lines: readonly (readonly [folder: string, owner: string])[];

  constructor(codeowners: string) {
    this.#lines = codeowners
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
      .filter(([pattern, owner]) => pattern !== undefined && owner !== undefined)
      .map(([pattern = '', owner = '']) => [pattern.replace(/^\//, ''), owner]);
  }

  /** @param path from the workspace's root */
  of(path: string): string {
    const match = this.#lines.findLast(([pattern]) => pattern === '*' || path.startsWith(pattern));
    return match?.[1] ?? 'nobody';
  }
}
