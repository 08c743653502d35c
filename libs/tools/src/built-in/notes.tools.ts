import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { notes } from '@bulkhead/persistence';
import type { JsonRecord, JsonValue } from '@bulkhead/user-context';
import { and, desc, eq, sql } from 'drizzle-orm';
import type { Tool, ToolInvocation } from '../registry/tool.contract.ts';

const MAX_NOTE_LENGTH = 4_000;
const MAX_LISTED = 50;
/** Most bytes of notes in one answer: below what a tool may return. */
const MAX_LISTED_BYTES = 48_000;
const columns = { noteId: notes.noteId, text: notes.text, createdAt: notes.createdAt };

/** PostgreSQL stores no NUL in text, so it looks for none either. */
const storable = (text: string): string => text.replaceAll('\0', '');

/** Stores a note for the user. */
@Injectable()
export class NotesAddTool implements Tool<{ text: string }> {
  readonly name = 'notes_add';
  readonly description = 'Remembers a text as a note of the user, for good.';
  readonly permission = 'tools:notes';
  readonly sideEffect = 'idempotent';
  readonly readsPrivateData = false;
  readonly parameters = {
    type: 'object',
    properties: { text: { type: 'string', minLength: 1, maxLength: MAX_NOTE_LENGTH } },
    required: ['text'],
  } as const;

  execute(
    { text }: { text: string },
    { context, session, idempotencyKey }: ToolInvocation,
  ): Promise<JsonValue> {
    const note = {
      noteId: randomUUID(),
      userId: context.userId,
      text: storable(text),
      idempotencyKey,
    };
    return session.transaction(async ({ db }) => {
      await db.insert(notes).values(note).onConflictDoNothing();
      const rows = await db.select(columns).from(notes).where(eq(notes.idempotencyKey, idempotencyKey));
      return rows.map(toJson)[0] ?? null;
    });
  }
}

/** Reads the user's notes back. */
@Injectable()
export class NotesListTool implements Tool<{ query?: string }> {
  readonly name = 'notes_list';
  readonly description = `Lists the user's notes, newest first (at most ${MAX_LISTED}); with a query only those that contain it.`;
  readonly permission = 'tools:notes';
  readonly sideEffect = 'none';
  readonly parameters = {
    type: 'object',
    properties: { query: { type: 'string', minLength: 1, maxLength: 200 } },
  } as const;

  execute({ query }: { query?: string }, { session }: ToolInvocation): Promise<JsonValue> {
    const matches =
      query === undefined ? undefined : sql`strpos(lower(${notes.text}), lower(${storable(query)})) > 0`;
    return session.transaction(async ({ db }) => {
      const rows = await db
        .select(columns)
        .from(notes)
        .where(and(matches))
        .orderBy(desc(notes.createdAt))
        .limit(MAX_LISTED);
      return withinBudget(rows.map(toJson));
    });
  }
}

/** Finds the user's notes by words. */
@Injectable()
export class NotesSearchTool implements Tool<{ query: string }> {
  readonly name = 'notes_search';
  readonly description =
    'Finds notes of the user by words, best first. Words in quotes belong together, "or" and "-" work as in a web search.';
  readonly permission = 'tools:notes';
  readonly sideEffect = 'none';
  readonly parameters = {
    type: 'object',
    properties: { query: { type: 'string', minLength: 1, maxLength: 200 } },
    required: ['query'],
  } as const;

  execute({ query }: { query: string }, { session }: ToolInvocation): Promise<JsonValue> {
    // The same words in every language: no stems, no stop words.
    const document = sql`to_tsvector('simple', ${notes.text})`;
    const words = sql`websearch_to_tsquery('simple', ${storable(query)})`;
    return session.transaction(async ({ db }) => {
      const rows = await db
        .select(columns)
        .from(notes)
        .where(sql`${document} @@ ${words}`)
        .orderBy(sql`ts_rank(${document}, ${words}) desc`, desc(notes.createdAt))
        .limit(MAX_LISTED);
      return withinBudget(rows.map(toJson));
    });
  }
}

/** Deletes all of the user's notes, if the user agrees. */
@Injectable()
export class NotesDeleteAllTool implements Tool {
  readonly name = 'notes_delete_all';
  readonly description = 'Deletes all notes of the user for good. The user is asked before it happens.';
  readonly permission = 'tools:notes';
  readonly sideEffect = 'idempotent';
  readonly approval = 'required';
  readonly parameters = { type: 'object', properties: {} } as const;

  execute(_: JsonRecord, { session }: ToolInvocation): Promise<JsonValue> {
    return session.transaction(async ({ db }) => ({ deleted: (await db.delete(notes)).rowCount }));
  }
}

/** As many notes as fit, newest first; says so when there are more. */
function withinBudget(listed: readonly JsonValue[]): JsonValue {
  let bytes = 0;
  const fitting = listed.filter(
    (note) => (bytes += Buffer.byteLength(JSON.stringify(note))) <= MAX_LISTED_BYTES,
  );
  return {
    notes: fitting,
    ...(fitting.length < listed.length && { more: 'Ask with a query to see older notes.' }),
  };
}

const toJson = ({ createdAt, ...note }: { noteId: string; text: string; createdAt: Date }): JsonValue => ({
  ...note,
  createdAt: createdAt.toISOString(),
});
