/** A wish to note something. */
export interface NoteWish {
  /** What to note, as the user wrote it. */
  readonly text: string;
  /** The text without wrapping such as "the result of". */
  readonly core: string;
  /** Whether the text only points at something else: "it", "the result". */
  readonly isReference: boolean;
  /** The message without the wish. */
  readonly rest: string;
}

// A command starts a sentence or follows one of these: "I save money" and "do you remember" are none.
const command = String.raw`(?:^|[.,;!?\n]|\b(?:and|then|please|also|(?:can|could|would|will) you)\b)\s*(?:please )?`;
const written = '(?:(?:make|take|write|add|save) a note|note|remember|save|write down)(?: down)?';
const something = String.raw`((?:(?![.!?]\s)[^\n])+?)`;
const sentenceEnd = String.raw`(?=[.!?]*(?:\s*\n|\s*$|[.!?]\s))`;

/** The first that matches counts. */
const patterns: readonly RegExp[] = [
  String.raw`${command}(?:remember|save|store|keep|record|write down|note(?: down)?|add|put) ${something} (?:as|in|into|to|on) (?:a |my |the )?(?:new )?notes?\b`,
  String.raw`${command}${written}(?: that| of| this)?\s*:\s*([\s\S]+)$`,
  `${command}${written} (?:that|of) ${something}${sentenceEnd}`,
  `${command}(?:remember|save|note down|write down|note(?= (?:it|this|that)[.!?]*$)) ${something}${sentenceEnd}`,
].map((source) => new RegExp(source, 'i'));

const references =
  /^(?:it|this|that|them|both|all of (?:it|this|that)|the (?:results?|answers?|sum|product|time|date))$/i;
const courtesy = /(?:,? (?:please|for me))?[.?!\s]*$/i;
const quoted = /^(["'“])(.*)["'”]$/s;

/** What a message asks to note, if anything. */
export function findNote(message: string): NoteWish | undefined {
  for (const pattern of patterns) {
    const match = pattern.exec(message);
    const text = tidy(match?.[1] ?? '');
    if (!match || text === '') continue;
    const core = text.replace(/^(?:the )?(?:result|answer|value|sum|product) of /i, '');
    return {
      text,
      core: /^what (.+) is$/i.exec(core)?.[1] ?? core,
      isReference: references.test(text),
      rest: message.replace(match[0], '\n'),
    };
  }
  return undefined;
}

function tidy(found: string): string {
  const text = found
    .trim()
    .replace(courtesy, '')
    .replace(/^that (?=\S)/i, '');
  return (quoted.exec(text)?.[2] ?? text).trim();
}
