/** A name that is given a value: in files of settings, command lines, queries of URLs and connection strings. */
const assignment = /(?<![\w.-])([\w.-]{1,100})(\s{0,3}(?::=|=>|==|=|:)\s{0,3})/g;
const quoted = /"(?:[^"\\\r\n]|\\.)*"?|'(?:[^'\\\r\n]|\\.)*'?/y;
const bare = /[^\s&;,"'<>)\]}]+/y;

/** The text without the values of names that `isSecret` takes for those of secrets, in time linear in its length. */
export function withoutSecretAssignments(
  text: string,
  isSecret: (name: string) => boolean,
  redacted: string,
): string {
  const pieces: string[] = [];
  let kept = 0;
  for (const { 0: found, 1: name = '', 2: operator = '', index } of text.matchAll(assignment)) {
    const at = index + found.length;
    if (at < kept || !isSecret(name) || text.startsWith(redacted, at)) continue;
    const value = valueAt(text, at);
    if (value === '' || !isValue(text, { index, at, name, operator, value })) continue;
    pieces.push(text.slice(kept, at), redacted);
    kept = at + value.length;
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(kept);
}

function valueAt(text: string, at: number): string {
  const pattern = text[at] === '"' || text[at] === "'" ? quoted : bare;
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

interface Assignment {
  readonly index: number;
  readonly at: number;
  readonly name: string;
  readonly operator: string;
  readonly value: string;
}

/** Behind a colon there is prose as well ("The secret: be kind"): there it must look like a value. */
function isValue(text: string, { index, at, name, operator, value }: Assignment): boolean {
  // A number of tokens is none of them.
  if (/tokens$/i.test(name) && /^\d+$/.test(value)) return false;
  if (operator.trim() !== ':' || /^["']/.test(value)) return true;
  if (value.length >= 6 && /\d/.test(value)) return true;
  const isOwnLine = /(?:^|[\r\n])[ \t]{0,40}(?:- )?$/.test(text.slice(Math.max(0, index - 44), index));
  return isOwnLine && /^[ \t]{0,40}(?:[\r\n]|$)/.test(text.slice(at + value.length, at + value.length + 42));
}
