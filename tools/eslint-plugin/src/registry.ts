import { readFileSync } from 'node:fs';

/** One public symbol and the one module that it is imported from. */
export interface RegisteredSymbol {
  readonly name: string;
  /** The module's name, as an import writes it. */
  readonly from: string;
  /** Made anew for every unit of work. */
  readonly requestScoped?: boolean;
}

/** What the registry knows, as lint asks for it. */
export class ImportRegistry {
  readonly #homes = new Map<string, Set<string>>();
  readonly #requestScoped: ReadonlySet<string>;

  constructor(symbols: readonly RegisteredSymbol[]) {
    for (const { name, from } of symbols)
      this.#homes.set(name, (this.#homes.get(name) ?? new Set()).add(from));
    this.#requestScoped = new Set(symbols.filter((it) => it.requestScoped).map((it) => it.name));
  }

  /** Every module that has a symbol of this name; more than one where two libs use the same name. */
  homesOf(name: string): readonly string[] {
    return [...(this.#homes.get(name) ?? [])];
  }

  isRequestScoped(name: string): boolean {
    return this.#requestScoped.has(name);
  }
}

const file = new URL('../../../docs/reference/import-registry.json', import.meta.url);

/** The registry of this repository, as committed; `nx run ssot:registry` writes it. */
export const importRegistry = new ImportRegistry(
  (JSON.parse(readFileSync(file, 'utf8')) as { symbols: RegisteredSymbol[] }).symbols,
);
