import { contextConstruction } from './context-construction.corpus.ts';
import { contextRedefinition } from './context-redefinition.corpus.ts';
import type { Corpora } from './corpus.ts';
import { entry } from './entry.corpus.ts';
import { imports } from './imports.corpus.ts';
import { state } from './state.corpus.ts';

/** The corpus of every rule. */
export const corpora: Corpora = {
  ...contextRedefinition,
  ...contextConstruction,
  ...imports,
  ...state,
  ...entry,
};
