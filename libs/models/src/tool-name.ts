/** Source: the narrowest of the providers' rules: OpenAI's letters and length, Google's first character. */
const ACCEPTABLE = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;

/** Google takes more, and signs calls by the names that it gave them. */
const GOOGLE = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/;

/** A property of every object: an SDK that looks tools up by name finds something else under it. */
const isInherited = (name: string): boolean => name in Object.prototype;

/**
 * A tool's name as every provider accepts it in a history. A model may invent any name; sent back as it is, it would
 * have the next call refused, and the model could not learn from the refusal.
 * @param own the protocol of the model that is asked, if it made the call itself
 */
export function acceptableName(name: string, own?: string): string {
  if ((own === 'google' ? GOOGLE : ACCEPTABLE).test(name) && !isInherited(name)) return name;
  const safe = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 63);
  const begun = /^[a-zA-Z_]/.test(safe) ? safe : `_${safe}`;
  return isInherited(begun) ? `${begun}_` : begun;
}
