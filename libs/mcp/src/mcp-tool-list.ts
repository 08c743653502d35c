import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { hashArguments } from '@bulkhead/tools';
import type { JsonRecord, JsonValue } from '@bulkhead/user-context';
import { ask } from './mcp-request.ts';
import { isRecord } from './schema/schema-node.ts';
import { toolSchemas, type ToolSchemas } from './schema/tool-schemas.ts';
import { hasHiddenCharacters, visibleText } from './visible-text.ts';

const PAGE_TIMEOUT_MS = 10_000;
const LIST_TIMEOUT_MS = 30_000;
const MAX_PAGES = 20;
const MAX_TOOLS = 1_000;
const MAX_DESCRIPTION_LENGTH = 1_000;

/** A tool as its server offers it. */
export interface OfferedTool extends ToolSchemas {
  readonly name: string;
  readonly description: string;
  /** The server's own word for it. */
  readonly isReadOnly: boolean;
  /** SHA-256 of everything a model or a person is told of it, hexadecimal. */
  readonly fingerprint: string;
}

/** What a server lists; what can't be used has the reason instead. */
export interface ToolList {
  readonly tools: ReadonlyMap<string, OfferedTool | string>;
  /** Why there may be more. */
  readonly trouble?: string;
}

/** Asks a server what it offers: in bounded time, as many pages and tools as a server can reasonably have. */
export async function listTools(client: Client, server: string): Promise<ToolList> {
  const signal = AbortSignal.timeout(LIST_TIMEOUT_MS);
  const tools = new Map<string, OfferedTool | string>();
  const cursors = new Set<unknown>();
  let cursor: unknown;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const answer = await ask(
      client,
      server,
      { method: 'tools/list', params },
      { signal, timeoutMs: PAGE_TIMEOUT_MS },
    );
    const { tools: listed, nextCursor } = isRecord(answer) ? answer : {};
    if (!Array.isArray(listed)) return { tools, trouble: 'answers with a list that is none' };
    for (const each of listed) {
      if (tools.size >= MAX_TOOLS) return { tools, trouble: `lists more than ${MAX_TOOLS} tools` };
      const { name } = isRecord(each) ? each : {};
      // The first of a name is the one that the server calls by it, as far as anybody can tell.
      if (typeof name === 'string' && !tools.has(name)) tools.set(name, offered(name, each as JsonRecord));
    }
    if (typeof nextCursor !== 'string' || nextCursor === '') return { tools };
    if (cursors.has(nextCursor)) return { tools, trouble: 'lists the same page again' };
    cursors.add(nextCursor);
    cursor = nextCursor;
  }
  return { tools, trouble: `lists more than ${MAX_PAGES} pages` };
}

function offered(
  name: string,
  { description, title, inputSchema, annotations }: JsonRecord,
): OfferedTool | string {
  if (hasHiddenCharacters(name)) return 'has hidden characters in its name';
  const schemas = toolSchemas(inputSchema);
  if (typeof schemas === 'string') return schemas;
  const isReadOnly = isRecord(annotations) && annotations['readOnlyHint'] === true;
  const said = { name, description, title, inputSchema, isReadOnly };
  const text = [description, title].find((each) => typeof each === 'string' && each.trim() !== '');
  return {
    ...schemas,
    name,
    description: typeof text === 'string' ? visibleText(text, MAX_DESCRIPTION_LENGTH) : '',
    isReadOnly,
    fingerprint: hashArguments(JSON.parse(JSON.stringify(said)) as JsonValue),
  };
}
