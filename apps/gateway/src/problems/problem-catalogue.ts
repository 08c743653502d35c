import { modelProblems } from './model-problems.ts';
import { entry, type ProblemEntry } from './problem-entry.ts';

export type { ProblemEntry };

/** Every problem that a caller can be answered with. */
export const problemCatalogue: Readonly<Record<string, ProblemEntry>> = {
  approval_changed: entry(
    409,
    'What you approved is not what would be executed. Nothing was changed.',
    'Read the approval again, and send its `argumentsHash`.',
  ),
  approval_closed: entry(
    409,
    'The approval was decided already, has expired, or its run has ended.',
    'Nothing; read the approval to see what became of it.',
  ),
  approval_expired: entry(403, 'The user did not decide about a tool call in time.', 'Told to the agent.'),
  approval_refused: entry(403, 'The user refused a tool call.', 'Told to the agent, with the reason.'),
  approval_required: entry(403, 'A tool call lacks the approval that its tool needs.', 'Told to the agent.'),
  body_too_large: entry(413, 'The body is larger than the server takes.', 'Send less at once.'),
  database_unavailable: entry(
    503,
    "The database can't be reached, or is overtaxed. Nothing was stored.",
    'Try again after `Retry-After`.',
  ),
  email_taken: entry(409, 'There is an account with this email.', 'Sign in, or use another email.'),
  flag_expired: entry(
    409,
    "The flag's last day has passed: its default holds. Nothing was changed.",
    'Nothing; the flag is to be removed.',
  ),
  forbidden: entry(403, 'You may not do this.', 'Ask whoever runs the server for the permission.'),
  headers_too_large: entry(
    431,
    'The headers are larger than the server takes.',
    'Send fewer or shorter ones.',
  ),
  host_not_allowed: entry(
    421,
    'The name in `Host` is none of the server, which protects users on its network from foreign pages.',
    "Use the server's own name, or have this one added to `ALLOWED_HOSTS`.",
  ),
  idempotency_key_reused: entry(
    422,
    'The `Idempotency-Key` was used for another request.',
    'Use a new key for a new request.',
  ),
  internal_error: entry(
    500,
    "Something went wrong on the server's side.",
    'Try again; if it stays, give the request id to whoever runs the server.',
  ),
  invalid_account: entry(
    400,
    'A field of a sign-up or sign-in breaks its rule; `field` names it.',
    'Correct the field.',
  ),
  invalid_context: entry(
    400,
    'An id, or a record, is not as it must be; `field` names it.',
    'Correct the field.',
  ),
  invalid_flag_value: entry(
    400,
    'The flag has no such value. Nothing was changed.',
    'Use one of the values in the message, or null for the default.',
  ),
  invalid_request: entry(
    400,
    'A body, path, query, header or frame is not as it must be; `field` names the place.',
    'Correct the field. The API document says what each may be.',
  ),
  invalid_tool_arguments: entry(
    400,
    "The arguments of a tool call don't fit the tool's schema.",
    'Told to the agent, which may try again.',
  ),
  malformed_request: entry(
    400,
    "The request can't be read: no valid HTTP, or a body that is no JSON.",
    'Send valid JSON with the matching `Content-Length`.',
  ),
  method_not_allowed: entry(
    405,
    'The route does not know the method; `Allow` lists those it knows.',
    'Use one of those.',
  ),
  ...modelProblems,
  not_acceptable: entry(
    406,
    "The route can't answer in any of the types that `Accept` names.",
    'Accept `application/json`.',
  ),
  issuer_unavailable: entry(
    503,
    'The OpenID provider does not answer, so nobody can say whether its token is good.',
    'Try again after `Retry-After`.',
  ),
  local_accounts_off: entry(
    403,
    'There are no accounts with passwords here.',
    'Sign in at the OpenID provider and send its token.',
  ),
  own_account: entry(
    409,
    'Administrators can not change or delete their own account.',
    'Ask another administrator.',
  ),
  roles_from_provider: entry(
    409,
    "The user's roles come from the OpenID provider.",
    'Change them there, or disable the account.',
  ),
  too_many_api_keys: entry(429, 'You have as many API keys as one may have.', 'Revoke one first.'),
  not_found: entry(
    404,
    'There is no such thing, or it is not yours: both answer alike.',
    'Check the id, or list what you have.',
  ),
  outcome_unknown: entry(
    503,
    'The database went away in the middle of a commit, or the node ended: the change happened, or it did not.',
    'Look whether it is there before you repeat it; with an idempotency key, just repeat it.',
  ),
  quota_exceeded: entry(
    429,
    'You have used what you may use within this day or month: `reason` says which quota, `resetsAt` until when.',
    'Go on after `resetsAt`, or ask an administrator for more.',
  ),
  rate_limited: entry(
    429,
    'More was asked for in a minute than one user, or one address, may.',
    'Wait for `Retry-After` seconds; the `RateLimit` header tells what is left.',
  ),
  recent_sign_in_required: entry(
    403,
    "It raises somebody's rights, and the session was not signed in a moment ago, or is an API key's.",
    'Sign in again, as a person, and repeat it within ten minutes.',
  ),
  request_timeout: entry(408, 'The request did not arrive in time.', 'Send it again, faster.'),
  resync_required: entry(
    409,
    'The cursor is not one of this thread.',
    'Open the thread without a cursor and read it again.',
  ),
  run_cancelled: entry(409, 'The run was cancelled.', 'Nothing: it was asked for.'),
  run_ended: entry(409, 'The run has ended already.', 'Send another message.'),
  run_limit: entry(429, 'The run reached a limit on its steps or tool calls.', 'Ask for less at once.'),
  run_not_permitted: entry(403, 'The account may not run agents any more.', 'Ask whoever runs the server.'),
  run_timeout: entry(503, 'The run took longer than it may.', 'Ask for less at once.'),
  scope_timeout: entry(
    503,
    'The work took longer than it may and was stopped.',
    'Try again, or ask for less at once.',
  ),
  server_stopping: entry(
    503,
    'This node is about to stop and takes nothing more. Nothing was done.',
    'Try again after `Retry-After`; another node answers.',
  ),
  shutting_down: entry(
    503,
    'This node is shutting down. Nothing was done.',
    'Try again in a moment; another node answers.',
  ),
  sign_in_busy: entry(
    503,
    'Too many people are signing in at this moment.',
    'Try again after `Retry-After`.',
  ),
  sign_in_delayed: entry(
    429,
    'Several wrong passwords were sent for this email from this address. The wait grows with each.',
    'Wait as long as `Retry-After` says, then check the password before you send it.',
  ),
  sign_in_refused: entry(401, 'The email or the password is not right. Nobody is told which.', 'Check both.'),
  too_many_runs: entry(
    429,
    'Too many runs of yours are unfinished.',
    'Wait for some to end, or cancel them.',
  ),
  too_many_threads: entry(429, 'The connection has as many threads open as it may.', 'Close one first.'),
  tool_not_permitted: entry(403, 'The agent, or you, may not use the tool.', 'Told to the agent.'),
  tool_outcome_unknown: entry(
    409,
    'The server stopped during a call that must not be repeated: it may have acted or not.',
    'Told to the agent. Look before you repeat it.',
  ),
  tool_refused: entry(
    400,
    'A tool did not do what it was asked for; the detail says why.',
    'Told to the agent, which may try again.',
  ),
  tool_result_too_large: entry(
    429,
    'A tool gave more than an agent can take.',
    'Told to the agent, which may ask for less.',
  ),
  tool_timeout: entry(503, 'A tool took longer than it may.', 'Told to the agent, which may try again.'),
  unauthenticated: entry(
    401,
    'The credential is missing, expired or no longer good.',
    'Refresh it, or sign in again.',
  ),
  unknown_agent: entry(400, 'There is no agent of this name.', 'List the agents.'),
  unknown_event: entry(404, 'There is no such Socket.IO event.', 'See the protocol.'),
  unsupported_media_type: entry(415, 'The body is not JSON.', 'Set `Content-Type: application/json`.'),
  uri_too_long: entry(414, 'The path or query is too long.', 'Shorten it.'),
  invalid_csv: entry(
    400,
    'The file is not a CSV that can be kept; `field` names the line. Nothing was stored.',
    'Correct the line: UTF-8, a header, as many cells in each row, as RFC 4180 has it.',
  ),
  table_limit: entry(
    429,
    'The table, or all of yours, would be larger than allowed. Nothing was stored.',
    'Upload less, or delete tables.',
  ),
  table_name_taken: entry(409, 'You have a table of this name.', 'Delete it first, or choose another name.'),
  uploads_busy: entry(503, 'Too many uploads are under way.', 'Try again after `Retry-After`.'),
  upload_timeout: entry(503, 'The upload took longer than it may. Nothing was stored.', 'Send it faster.'),
  upload_too_slow: entry(
    503,
    'The upload paused for too long, or hardly anything arrived. Nothing was stored.',
    'Send it without a pause, or in smaller files.',
  ),
  query_refused: entry(
    400,
    'A query over uploaded tables is not possible.',
    'Told to the agent, which may try again.',
  ),
  queries_busy: entry(503, 'Too many queries over uploaded tables are under way.', 'Told to the agent.'),
  tool_rate_limited: entry(429, 'The user made too many tool calls within a minute.', 'Told to the agent.'),
  tool_busy: entry(503, 'The user has too many tool calls under way.', 'Told to the agent.'),
  sandbox_busy: entry(503, 'Too much untrusted input waits to be processed.', 'Told to the agent.'),
  sandbox_limit: entry(
    429,
    'Processing an input took more time or memory than it may, and was stopped. `reason` says which.',
    'Told to the agent, which may try a smaller one.',
  ),
  sandbox_crashed: entry(503, 'An input could not be processed.', 'Told to the agent.'),
  mcp_unavailable: entry(503, 'A server of external tools does not answer.', 'Told to the agent.'),
  mcp_call_refused: entry(
    400,
    'A server of external tools refuses a call, mostly because of its arguments.',
    "Told to the agent with the server's reason, so that it may correct the call.",
  ),
  mcp_tool_changed: entry(
    403,
    'An external tool is no longer what was accepted when the server started, or what is pinned.',
    'Told to the agent. The operator looks at the tool, then starts the server again.',
  ),
  mcp_tool_failed: entry(503, 'An external tool failed.', 'Told to the agent, which may try again.'),
  run_superseded: entry(
    409,
    'A newer message of the thread took the place of this run.',
    'Nothing: the newer run answers.',
  ),
  server_overloaded: entry(
    503,
    'The node has no memory left for more runs at the moment.',
    'Try again after `Retry-After`.',
  ),
  thread_busy: entry(
    409,
    'A run of the thread is unfinished, and the thread takes no second one.',
    'Wait for its end, cancel it, or let messages queue.',
  ),
  run_outdated: entry(
    503,
    'The server was upgraded while the run was under way, and can not continue it.',
    'Send the message again.',
  ),
  run_crashes_node: entry(
    503,
    'Node after node broke down while it worked on the run, which finished no step in between.',
    'Send something else, or ask an administrator to look into it and to requeue the run.',
  ),
  run_not_requeueable: entry(
    409,
    'The run did not end with `run_crashes_node`, or was requeued before.',
    'Nothing: there is no run to repeat.',
  ),
  run_unreadable: entry(503, 'What was stored of the run can not be read.', 'Send the message again.'),
  too_many_connections: entry(
    429,
    'The user, or the address, has as many connections open as one may.',
    'Close one first.',
  ),
  already_connected: entry(409, 'The connection was made already.', 'Use it, or close it first.'),
};
