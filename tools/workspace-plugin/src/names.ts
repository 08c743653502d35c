/** A name in every spelling that the workspace uses. */
export interface Names {
  /** Folders, packages, permissions: `word-count`. */
  readonly kebab: string;
  /** Agents and tools, as models and clients call them: `word_count`. */
  readonly snake: string;
  /** Classes: `WordCount`. */
  readonly pascal: string;
  /** Constants: `wordCount`. */
  readonly camel: string;
  /** Sentences: `word count`. */
  readonly words: string;
}

/** @throws Error when the name is not in kebab-case */
export function namesOf(kebab: string): Names {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(kebab) || kebab.length > 30)
    throw new Error(
      `"${kebab}" is no name for a project: use kebab-case of at most 30 characters, e.g. word-count.`,
    );
  const parts = kebab.split('-');
  const pascal = parts.map((part) => part[0]!.toUpperCase() + part.slice(1)).join('');
  return {
    kebab,
    snake: parts.join('_'),
    pascal,
    camel: pascal[0]!.toLowerCase() + pascal.slice(1),
    words: parts.join(' '),
  };
}
