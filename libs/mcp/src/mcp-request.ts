import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpError, ResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { McpCallRefusedError, McpSessionLostError, McpUnavailableError } from './mcp.errors.ts';
import { visibleText } from './visible-text.ts';

const MAX_REASON_LENGTH = 1_000;
/** Our own clock is the one that ends a request, so the client's must not be first. */
const GRACE_MS = 5_000;

/** One request to a server. */
export interface McpRequest {
  readonly method: 'tools/list' | 'tools/call';
  readonly params: Record<string, unknown>;
}

/**
 * Asks a server and takes whatever it answers: what an answer has to look like is for the caller to see, one element
 * at a time.
 * @throws McpCallRefusedError with the server's reason; McpSessionLostError when the server has run nothing, because
 *   it no longer knows the session; McpUnavailableError when there is no answer; the signal's reason
 */
export async function ask(
  client: Client,
  server: string,
  request: McpRequest,
  { signal, timeoutMs }: { readonly signal?: AbortSignal; readonly timeoutMs: number },
): Promise<unknown> {
  const limit = AbortSignal.timeout(timeoutMs);
  const ends = signal ? AbortSignal.any([signal, limit]) : limit;
  try {
    return await client.request(request, ResultSchema, { signal: ends, timeout: timeoutMs + GRACE_MS });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const isAnswer = error instanceof McpError && !limit.aborted && client.transport !== undefined;
    if (isLostSession(error, isAnswer)) throw new McpSessionLostError(server, error);
    if (isAnswer) throw new McpCallRefusedError(server, reasonOf(error), aboutSession.test(error.message));
    throw new McpUnavailableError(server, error);
  }
}

/** Codes of servers that don't know a session: -32001 in the official SDKs, others elsewhere. */
const sessionCodes: ReadonlySet<number> = new Set([-32_000, -32_001, -32_002, -32_005, -32_600]);
/**
 * The words beside them. A tool that has acted and then speaks of some other session, such as a browser's, must not be
 * run again: "session" has no other owner here.
 */
const noSession =
  /^(?:(?:bad request|not found|error):? )?(?:(?:no|invalid|unknown|expired|missing|stale) (?:or \w+ |valid )?(?:mcp[- ])?session\b|(?:the |your )?(?:mcp[- ])?session\b.*\b(?:not found|not valid|not exist|no longer|invalid|unknown|expired|terminated|required|closed)\b|(?:the )?(?:(?:server|client|session|connection) )?(?:is |was |has )?not (?:been |yet )*initiali[sz]ed\b)/i;
const aboutSession = /session|initiali[sz]/i;

function isLostSession(error: unknown, isAnswer: boolean): boolean {
  if (isAnswer) {
    const { code } = error as McpError;
    return sessionCodes.has(code) && noSession.test(messageOf(error as McpError).slice(0, 200));
  }
  if (!(error instanceof StreamableHTTPError)) return false;
  return error.code === 404 || (error.code === 400 && /session/i.test(error.message));
}

/** Without the words that the client puts before it. */
const messageOf = ({ message }: McpError): string => message.replace(/^MCP error -?\d+: /, '').trim();

function reasonOf(error: McpError): string {
  const { data } = error;
  const details =
    data === undefined || data === null ? '' : ` ${typeof data === 'string' ? data : JSON.stringify(data)}`;
  return visibleText(`${messageOf(error)}${details}`, MAX_REASON_LENGTH) || `error ${error.code}`;
}
