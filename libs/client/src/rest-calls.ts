import type { ControlEvents, ThreadEvent } from '@bulkhead/events';
import type { CallOptions } from './abortable.ts';
import type { AuthorizedRequests } from './authorized-requests.ts';
import { ConnectionError } from './connection.error.ts';
import type { HttpRequest } from './http-request.ts';
import { ProblemError } from './problem.error.ts';
import type {
  AcceptedRun,
  Agent,
  Approval,
  ApprovalDecision,
  AuditEntry,
  Message,
  NewTable,
  Page,
  RunListOptions,
  ThreadListOptions,
  Profile,
  Run,
  RunState,
  SequenceOptions,
  Table,
  Thread,
  ThreadChoices,
  ThreadDelivery,
  ToolResult,
  WhenBusy,
} from './resources.ts';
import { toResyncProblem } from './resync.ts';
import { readServerSentEvents } from './server-sent-events.ts';

export interface FollowOptions extends CallOptions {
  /** Only what has a greater sequence; by default everything that is stored. */
  readonly after?: number;
}

interface List<Item> {
  readonly items: readonly Item[];
}

/** The REST API, route by route. */
export abstract class RestCalls {
  protected constructor(protected readonly requests: AuthorizedRequests) {}

  /** Any route, also one that this version does not know; the answer is taken at your word. */
  request<Body>(request: Omit<HttpRequest, 'token' | 'accept'>): Promise<Body> {
    return this.requests.json(request);
  }

  me(call: CallOptions = {}): Promise<Profile> {
    return this.requests.json({ path: '/v1/me', ...call });
  }

  async agents(call: CallOptions = {}): Promise<readonly Agent[]> {
    return (await this.requests.json<List<Agent>>({ path: '/v1/agents', ...call })).items;
  }

  /** The tool calls that wait for the user's decision, oldest first. */
  async approvals(call: CallOptions = {}): Promise<readonly Approval[]> {
    return (await this.requests.json<List<Approval>>({ path: '/v1/approvals', ...call })).items;
  }

  /** Approves or refuses a tool call, once. */
  decide(approvalId: string, decision: ApprovalDecision, call: CallOptions = {}): Promise<Approval> {
    const path = `/v1/approvals/${encode(approvalId)}`;
    return this.requests.json({ method: 'POST', path, body: decision, ...call });
  }

  createThread(thread: ThreadChoices = {}, call: CallOptions = {}): Promise<Thread> {
    return this.requests.json({ method: 'POST', path: '/v1/threads', body: thread, ...call });
  }

  configureThread(threadId: string, choices: ThreadChoices, call: CallOptions = {}): Promise<Thread> {
    const path = `/v1/threads/${encode(threadId)}`;
    return this.requests.json({ method: 'PATCH', path, body: choices, ...call });
  }

  threads(options: ThreadListOptions = {}): Promise<Page<Thread>> {
    return this.requests.json(queryOf('/v1/threads', options));
  }

  thread(threadId: string, call: CallOptions = {}): Promise<Thread> {
    return this.requests.json({ path: `/v1/threads/${encode(threadId)}`, ...call });
  }

  /** Sends a message without a live connection; see `ThreadConnection.send` for one with it. */
  sendMessage(
    threadId: string,
    message: { readonly content: string; readonly agentName?: string; readonly whenBusy?: WhenBusy },
    call: CallOptions = {},
  ): Promise<AcceptedRun> {
    const path = `/v1/threads/${encode(threadId)}/messages`;
    return this.requests.json({ method: 'POST', path, body: message, ...call });
  }

  /** Oldest first. */
  async messages(threadId: string, options: SequenceOptions = {}): Promise<readonly Message[]> {
    const path = `/v1/threads/${encode(threadId)}/messages`;
    return (await this.requests.json<List<Message>>(queryOf(path, options))).items;
  }

  /** One page of a thread's stored events, in order. */
  async events(threadId: string, options: SequenceOptions = {}): Promise<readonly ThreadEvent[]> {
    const path = `/v1/threads/${encode(threadId)}/events`;
    return (await this.requests.json<List<ThreadEvent>>(queryOf(path, options))).items;
  }

  runs(options: RunListOptions = {}): Promise<Page<Run>> {
    return this.requests.json(queryOf('/v1/runs', options));
  }

  run(runId: string, call: CallOptions = {}): Promise<Run> {
    return this.requests.json({ path: `/v1/runs/${encode(runId)}`, ...call });
  }

  /** Asks a run to stop; doing so again, or after its end, changes nothing. */
  async cancelRun(runId: string, call: CallOptions = {}): Promise<RunState> {
    const path = `/v1/runs/${encode(runId)}/cancel`;
    return (await this.requests.json<{ state: RunState }>({ method: 'POST', path, ...call })).state;
  }

  /** One page of a run's stored events, in order. */
  async runEvents(runId: string, options: SequenceOptions = {}): Promise<readonly ThreadEvent[]> {
    const path = `/v1/runs/${encode(runId)}/events`;
    return (await this.requests.json<List<ThreadEvent>>(queryOf(path, options))).items;
  }

  /**
   * Follows a thread over server-sent events. Does not come back by itself: when the server ends the stream it
   * throws ConnectionError with its `reason`, and ProblemError where it can't continue (`resync_required`).
   */
  followThread(threadId: string, options: FollowOptions = {}): AsyncGenerator<ThreadEvent> {
    return this.#follow(`/v1/threads/${encode(threadId)}/events`, options);
  }

  /** Follows a run over server-sent events, to its terminal event. */
  followRun(runId: string, options: FollowOptions = {}): AsyncGenerator<ThreadEvent> {
    return this.#follow(`/v1/runs/${encode(runId)}/events`, options);
  }

  /** How far a thread's events were sent to your clients, and acknowledged. */
  delivery(threadId: string, call: CallOptions = {}): Promise<ThreadDelivery> {
    return this.requests.json({ path: `/v1/threads/${encode(threadId)}/delivery`, ...call });
  }

  /** The same for the hundred threads that lag most, the worst first. */
  async deliveries(call: CallOptions = {}): Promise<readonly ThreadDelivery[]> {
    return (await this.requests.json<List<ThreadDelivery>>({ path: '/v1/delivery', ...call })).items;
  }

  /** What was too large for an event, by its `resultRef` or `argumentsRef`. */
  toolResult(resultId: string, call: CallOptions = {}): Promise<ToolResult> {
    return this.requests.json({ path: `/v1/tool-results/${encode(resultId)}`, ...call });
  }

  /** Stores a CSV, whole or not at all. */
  uploadTable({ csv, ...query }: NewTable, call: CallOptions = {}): Promise<Table> {
    const content = { type: 'text/csv', data: csv };
    return this.requests.json({ method: 'POST', path: '/v1/tables', query, content, ...call });
  }

  /** Newest first. */
  async tables(call: CallOptions = {}): Promise<readonly Table[]> {
    return (await this.requests.json<List<Table>>({ path: '/v1/tables', ...call })).items;
  }

  table(tableId: string, call: CallOptions = {}): Promise<Table> {
    return this.requests.json({ path: `/v1/tables/${encode(tableId)}`, ...call });
  }

  async deleteTable(tableId: string, call: CallOptions = {}): Promise<void> {
    await this.requests.send({ method: 'DELETE', path: `/v1/tables/${encode(tableId)}`, ...call });
  }

  /** What the server has written down about you, oldest first. */
  async audit(options: SequenceOptions = {}): Promise<readonly AuditEntry[]> {
    return (await this.requests.json<List<AuditEntry>>(queryOf('/v1/audit', options))).items;
  }

  async *#follow(path: string, { after, ...call }: FollowOptions): AsyncGenerator<ThreadEvent> {
    const response = await this.requests.send({
      path,
      query: { after },
      accept: 'text/event-stream',
      ...call,
    });
    for await (const { event, data } of readServerSentEvents(response)) {
      if (event === 'resync_required') {
        throw new ProblemError(toResyncProblem(JSON.parse(data) as ControlEvents['resync_required']));
      }
      if (event === 'connection_closing') {
        const { reason } = JSON.parse(data) as ControlEvents['connection_closing'];
        throw new ConnectionError(`The server closed the stream: ${reason}.`, { reason });
      }
      yield JSON.parse(data) as ThreadEvent;
    }
  }
}

const encode = encodeURIComponent;

const queryOf = (path: string, { signal, ...query }: CallOptions & object): HttpRequest => ({
  path,
  query,
  ...(signal && { signal }),
});
