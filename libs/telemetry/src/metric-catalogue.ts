import type { MetricDefinition } from './metric-definition.ts';

/** Most values of a label that configuration decides about: agents, tools, providers, routes. */
const CONFIGURED = { atMost: 200 } as const;

const SHORT = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LONG = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];
const CREATION = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.025];

const toolOutcomes = ['succeeded', 'failed', 'refused', 'cancelled', 'timed_out', 'unknown'] as const;
const transports = ['socket', 'stream'] as const;
const eventTypes = [
  'run_queued',
  'agent_started',
  'agent_thinking',
  'message_delta',
  'tool_executing',
  'tool_completed',
  'approval_requested',
  'approval_resolved',
  'agent_completed',
  'agent_failed',
  'agent_cancelled',
] as const;

/**
 * Every metric of the server, and every value that its labels can have. Counters and durations are of this process;
 * what is said of the queue is of the whole cluster. docs/monitoring.md explains each.
 */
export const METRICS = {
  bulkhead_scopes_opened_total: { kind: 'counter', help: 'Units of work that were begun.' },
  bulkhead_scopes_open: { kind: 'gauge', help: 'Units of work that are under way.' },
  bulkhead_scopes_left_behind_total: {
    kind: 'counter',
    help: 'Units of work whose cleanup failed.',
  },
  bulkhead_scope_leftovers_total: {
    kind: 'counter',
    help: 'Things that outlived the unit of work that they belonged to.',
  },
  bulkhead_isolation_violations_total: {
    kind: 'counter',
    help: 'Things of one user that were about to reach another, and were stopped.',
  },

  bulkhead_engines_created_total: { kind: 'counter', help: 'Engines that were made.' },
  bulkhead_engines_disposed_total: { kind: 'counter', help: 'Engines whose unit of work has ended.' },
  bulkhead_engines_rejected_total: { kind: 'counter', help: 'Engines that were asked for and refused.' },
  bulkhead_engines_active: { kind: 'gauge', help: 'Engines that are alive.' },
  bulkhead_engines_peak: { kind: 'gauge', help: 'Most engines that were alive at the same time.' },
  bulkhead_engine_creation_seconds: {
    kind: 'histogram',
    help: 'Time to make an engine.',
    buckets: CREATION,
  },

  bulkhead_runs_total: {
    kind: 'counter',
    help: 'Runs that came to their end here, by how.',
    labels: { state: ['completed', 'failed', 'timed_out', 'cancelled'] },
  },
  bulkhead_runs_accepted_total: { kind: 'counter', help: 'Runs that were accepted here.' },
  bulkhead_runs_executing: { kind: 'gauge', help: 'Runs that this node executes.' },
  bulkhead_run_queue_wait_seconds: {
    kind: 'histogram',
    help: 'Time from the acceptance of a run until it begins.',
    buckets: LONG,
  },
  bulkhead_run_seconds: {
    kind: 'histogram',
    help: 'Time from the begin of a run to its end.',
    buckets: LONG,
  },
  bulkhead_queue_runs: {
    kind: 'gauge',
    help: 'Unfinished runs of the whole cluster, by what they do.',
    labels: { state: ['waiting', 'running', 'deferred'] },
  },
  bulkhead_queue_oldest_seconds: {
    kind: 'gauge',
    help: 'Age of the run that waits longest and could begin, in the whole cluster; 0: none waits.',
  },

  bulkhead_steps_total: {
    kind: 'counter',
    help: 'Steps of runs that were executed here.',
    labels: { kind: ['model', 'tool'], outcome: ['completed', 'failed'] },
  },
  bulkhead_model_calls_total: {
    kind: 'counter',
    help: 'Calls of language models.',
    labels: { provider: CONFIGURED, outcome: ['completed', 'failed', 'cancelled'] },
  },
  bulkhead_model_call_seconds: {
    kind: 'histogram',
    help: 'Time of a model call, to its last token.',
    labels: { provider: CONFIGURED },
    buckets: LONG,
  },
  bulkhead_model_first_text_seconds: {
    kind: 'histogram',
    help: 'Time of a model call to its first text.',
    labels: { provider: CONFIGURED },
    buckets: LONG,
  },
  bulkhead_model_tokens_total: {
    kind: 'counter',
    help: 'Tokens of model calls that completed.',
    labels: { provider: CONFIGURED, direction: ['input', 'output'] },
  },
  bulkhead_tool_calls_total: {
    kind: 'counter',
    help: 'Tool calls, by outcome.',
    labels: { tool: CONFIGURED, outcome: toolOutcomes },
  },
  bulkhead_tool_call_seconds: {
    kind: 'histogram',
    help: 'Time of a tool call.',
    labels: { tool: CONFIGURED },
    buckets: LONG,
  },

  bulkhead_events_stored_total: {
    kind: 'counter',
    help: 'Events that were stored here.',
    labels: { type: eventTypes },
  },
  bulkhead_events_delivered_total: {
    kind: 'counter',
    help: 'Events that were handed to connections; replay: they were stored before the client asked.',
    labels: { transport: transports, mode: ['live', 'replay'] },
  },
  bulkhead_event_delivery_seconds: {
    kind: 'histogram',
    help: 'Time from the storing of an event to handing it to a connection, live ones only.',
    labels: { transport: transports },
    buckets: SHORT,
  },
  bulkhead_events_acknowledged_total: { kind: 'counter', help: 'Events that clients said they have.' },
  bulkhead_events_unacknowledged: {
    kind: 'gauge',
    help: 'Events that open connections were handed and have not acknowledged.',
  },
  bulkhead_replays_total: {
    kind: 'counter',
    help: 'Times that a client came back for events that it had missed.',
    labels: { transport: transports },
  },
  bulkhead_resyncs_total: {
    kind: 'counter',
    help: 'Clients that were told to begin anew, because their cursor can not be continued from.',
    labels: { transport: transports },
  },
  bulkhead_slow_consumers_total: {
    kind: 'counter',
    help: 'Connections that were closed because their client took nothing in.',
    labels: { transport: transports },
  },
  bulkhead_connections_open: {
    kind: 'gauge',
    help: 'Connections of clients.',
    labels: { transport: transports },
  },
  bulkhead_users_connected: { kind: 'gauge', help: 'Users that have a connection to this node.' },
  bulkhead_threads_followed: { kind: 'gauge', help: 'Readers of threads that are open.' },

  bulkhead_http_requests_total: {
    kind: 'counter',
    help: 'Answered requests.',
    labels: { route: CONFIGURED, status: ['1xx', '2xx', '3xx', '4xx', '5xx'] },
  },
  bulkhead_http_request_seconds: {
    kind: 'histogram',
    help: 'Time to answer a request.',
    labels: { route: CONFIGURED },
    buckets: SHORT,
  },
  bulkhead_frames_total: {
    kind: 'counter',
    help: 'Answered frames of sockets.',
    labels: { event: CONFIGURED, outcome: ['ok', 'problem'] },
  },
  bulkhead_frame_seconds: {
    kind: 'histogram',
    help: 'Time to answer a frame.',
    labels: { event: CONFIGURED },
    buckets: SHORT,
  },

  bulkhead_database_connections: {
    kind: 'gauge',
    help: 'Connections to the database that users’ transactions share.',
    labels: { state: ['busy', 'idle'] },
  },
  bulkhead_database_errors_total: {
    kind: 'counter',
    help: 'Transactions that the database could not execute, by why.',
    labels: {
      reason: ['connection', 'authentication', 'read_only', 'disk_full', 'resources', 'conflict', 'overload'],
    },
  },
  bulkhead_database_waiting: {
    kind: 'gauge',
    help: 'Work that waits for a connection to the database.',
  },
  bulkhead_labels_refused_total: {
    kind: 'counter',
    help: 'Label values that were counted as "other", because they are not of the set that the label has.',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
