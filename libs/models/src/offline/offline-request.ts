import { findExpression, isExpression } from './offline-arithmetic.ts';
import { findNote } from './offline-note.ts';
import { findTableQuestion, type TableQuestion } from './offline-table-question.ts';

/** What a user asks of the offline model, from one message. */
export type OfflineRequest = Directive | Wishes;

/** A message that starts with a slash: for demonstrations and tests, and exact. */
export type Directive =
  | { readonly kind: 'tool'; readonly toolName: string; readonly input: string }
  | { readonly kind: 'say' | 'bench'; readonly words: number }
  | { readonly kind: 'delegate'; readonly assignments: readonly Assignment[] }
  | { readonly kind: 'sleep'; readonly milliseconds: number }
  | { readonly kind: 'fail' };

/** A task for another agent. */
export interface Assignment {
  readonly agent: string;
  readonly task: string;
}

/** What a sentence asks for, any of it together; nothing at all is small talk. */
export interface Wishes {
  readonly kind: 'wishes';
  readonly expression?: string;
  readonly time?: { readonly timeZone?: string };
  /** A text to note, or `results`: what the other tools answer. */
  readonly note?: { readonly text: string } | 'results';
  readonly notes?: { readonly query?: string };
  readonly table?: TableQuestion;
}

/** Longer messages wish for nothing: the patterns below take quadratic time in the worst case. */
const MAX_WISHES_LENGTH = 4_000;
const MAX_WORDS = 99_999;
/** What the patterns are slowest on; nobody means anything by it. */
const floods = /[\s.!?]{20,}/g;

const asksTime = new RegExp(
  [
    String.raw`\bwhat(?:'?s| is)? (?:the )?(?:current )?(?:time is it|time now|time\s*[?.!]*$|date\b)`,
    String.raw`\bwhat(?:'?s| is) the time\b`,
    String.raw`\bwhat day is (?:it|today)\b`,
    String.raw`\btoday'?s date\b`,
    String.raw`\bcurrent (?:time|date)\b`,
    String.raw`\btell me the (?:time|date)\b`,
  ].join('|'),
  'i',
);
const asksNotes = new RegExp(
  [
    String.raw`\bwhat (?:did|have|do|can) (?:you|i|we) (?:noted?|saved?|remember(?:ed)?|recall|written? down)\b`,
    String.raw`\bwhat(?:'?s| is| are|'?re)? (?:in |on )?(?:my|your|the) notes\b`,
    String.raw`\b(?:show|list|read|see|display|give|find|search)(?: me)?(?: all)?(?: of)?(?: my| your| the)? notes\b`,
    String.raw`\bwhich notes\b`,
    String.raw`\bdo you (?:still )?remember\b`,
    String.raw`^\s*(?:my )?notes\s*[?.!]*$`,
  ].join('|'),
  'i',
);
const notesAbout =
  /\bnotes? (?:do i have |are there )?(?:about|mention(?:ing)?|contain(?:ing)?|with) (.+?)[\s?.!]*$/im;
const timeZonePattern = /\b(?:[A-Z][A-Za-z_]+(?:\/[A-Z][A-Za-z0-9_+-]+)+|UTC)\b/;

export function readRequest(text: string): OfflineRequest {
  return (
    readDirective(text) ??
    (text.length > MAX_WISHES_LENGTH ? { kind: 'wishes' } : readWishes(text.replace(floods, '\n')))
  );
}

function readDirective(text: string): Directive | undefined {
  const [, name, rest = ''] = /^\s*\/(\w+)(?:\s+([\s\S]*))?$/.exec(text) ?? [];
  const argument = rest.trim();
  if (name === 'fail') return { kind: 'fail' };
  if (name === 'tool') {
    const [, toolName, input] = /^(\S+)\s*([\s\S]*)$/.exec(argument) ?? [];
    return toolName === undefined ? undefined : { kind: 'tool', toolName, input: input || '{}' };
  }
  if (name === 'delegate') return readAssignments(argument);
  if (!/^\d{1,7}$/.test(argument)) return undefined;
  const count = Number(argument);
  if (name === 'sleep') return { kind: 'sleep', milliseconds: count };
  return (name === 'say' || name === 'bench') && count <= MAX_WORDS
    ? { kind: name, words: count }
    : undefined;
}

/** One per line, or several in a line with bars between them, so that a task may delegate in turn. */
function readAssignments(text: string): Directive | undefined {
  const parts = text.split(text.includes('\n') ? '\n' : ' | ').filter((part) => part.trim() !== '');
  const assignments = parts.flatMap((part) => {
    const [, agent, task] = /^\s*(\w+):\s*(\S[\s\S]*)$/.exec(part) ?? [];
    return agent === undefined || task === undefined ? [] : [{ agent, task }];
  });
  const isReadable = assignments.length > 0 && assignments.length === parts.length;
  return isReadable ? { kind: 'delegate', assignments } : undefined;
}

function readWishes(text: string): Wishes {
  const wish = findNote(text);
  // A note's own words are no question: "remember that 3 + 4 is 7" asks for no calculation.
  const rest = straighten(wish ? wish.rest : text);
  const calculated = wish && isExpression(wish.core) ? wish.core : undefined;
  const expression = findExpression(calculated ?? rest);
  const timeZone = timeZonePattern.exec(text)?.[0];
  const query = notesAbout.exec(rest)?.[1];
  const table = findTableQuestion(rest);
  return {
    kind: 'wishes',
    ...(expression !== undefined && { expression }),
    ...(asksTime.test(rest) && { time: timeZone === undefined ? {} : { timeZone } }),
    ...(wish && { note: calculated !== undefined || wish.isReference ? 'results' : { text: wish.text } }),
    ...(asksNotes.test(rest) && { notes: query === undefined ? {} : { query } }),
    ...(table && { table }),
  };
}

const straighten = (text: string): string => text.replace(/[‘’]/g, "'");
