import { badBodies, badFields, badIds, badTexts, show } from './bad-values.ts';
import type { ProbeRequest } from './http-probe.ts';

export interface BadRequest extends ProbeRequest {
  /** The field that the refusal must name. */
  readonly field: string;
}

/** Each row: what it is, and the request. `:thread` in a path stands for a thread of the caller's. */
type Row = readonly [name: string, request: BadRequest];

const post = (path: string, body: unknown, field: string): Row => [
  `POST ${path} ${show(body)}`,
  { method: 'POST', path, body, field },
];
const get = (path: string, field: string): Row => [`GET ${path}`, { path, field }];

const valid = {
  '/v1/auth/sign-up': { email: 'a@bulkhead.example', password: 'correct horse' },
  '/v1/auth/sign-in': { email: 'a@bulkhead.example', password: 'correct horse' },
  '/v1/auth/refresh': { refreshToken: 'x' },
  '/v1/threads': { title: 'x' },
  '/v1/threads/:thread/messages': { content: 'x' },
} as const;

const messages = '/v1/threads/:thread/messages';
const signUp = '/v1/auth/sign-up';
const withField = (path: keyof typeof valid, field: string, value: unknown): Row =>
  post(path, { ...valid[path], [field]: value }, field);

const texts: readonly Row[] = [
  ...badTexts.map((value) => withField(messages, 'content', value)),
  ...badTexts.filter((value) => value !== null).map((value) => withField('/v1/threads', 'title', value)),
  ...badTexts.map((value) => withField(signUp, 'email', value)),
  ...[7, true, null, [], {}, 'password \ud800'].map((value) => withField(signUp, 'password', value)),
  ...badTexts.filter((value) => value !== null).map((value) => withField(signUp, 'displayName', value)),
  ...[7, null, []].map((value) => withField('/v1/auth/sign-in', 'password', value)),
  ...[7, null, []].map((value) => withField('/v1/auth/refresh', 'refreshToken', value)),
];

const limits: readonly Row[] = [
  withField(messages, 'content', ''),
  withField(messages, 'content', 'a'.repeat(32_001)),
  withField('/v1/threads', 'title', 'a'.repeat(201)),
  withField(signUp, 'password', 'too short'),
  withField(signUp, 'password', 'a'.repeat(129)),
  withField(signUp, 'email', 'no address'),
  withField(signUp, 'email', `${'a'.repeat(250)}@bulkhead.example`),
  withField(signUp, 'displayName', 'a'.repeat(81)),
  ...['', 'Nobody!', 'nobody', '__proto__', 'constructor', 'a'.repeat(65), 7, []].map((value) =>
    withField(messages, 'agentName', value),
  ),
];

const bodies: readonly Row[] = [
  ...badBodies.flatMap((body) => [
    post(messages, JSON.stringify(body), 'body'),
    post(signUp, JSON.stringify(body), 'body'),
  ]),
  ...Object.entries(valid).flatMap(([path, body]) =>
    Object.entries(badFields).map(([field, text]): Row => {
      const [rest] = /[^{]+(?=}$)/.exec(JSON.stringify(body)) ?? [];
      const headers = { 'content-type': 'application/json' };
      return [
        `POST ${path} with ${field}`,
        { method: 'POST', path, headers, body: `{${text},${rest}}`, field },
      ];
    }),
  ),
];

/** As a path or a query can carry it: text that is neither empty nor a step up. */
const pathIds = badIds.filter(
  (id): id is string =>
    typeof id === 'string' && id !== '' && id.length <= 100 && id.isWellFormed() && !id.includes('/'),
);

const paths: readonly Row[] = pathIds.flatMap((id) => {
  const encoded = encodeURIComponent(id);
  return [
    get(`/v1/threads/${encoded}`, 'threadId'),
    get(`/v1/threads/${encoded}/events`, 'threadId'),
    get(`/v1/runs/${encoded}`, 'runId'),
  ];
});

const queries: readonly Row[] = [
  ...['0', '-1', '201', '1.5', 'x', '', '1e9', 'NaN'].flatMap((value) => [
    get(`/v1/threads?limit=${value}`, 'limit'),
    get(`/v1/runs?limit=${value}`, 'limit'),
    get(`${messages}?limit=${value}`, 'limit'),
  ]),
  ...['-1', '1.5', 'x', '9007199254740993', 'Infinity'].flatMap((value) => [
    get(`${messages}?after=${value}`, 'after'),
    get(`/v1/threads/:thread/events?after=${value}`, 'after'),
  ]),
  ...['x', '!', 'a'.repeat(201), btoa('2026-01-01T00:00:00.000Z x'), btoa('x y')].map((cursor) =>
    get(`/v1/threads?cursor=${encodeURIComponent(cursor)}`, 'cursor'),
  ),
  get('/v1/threads?limit=1&limit=2', 'limit'),
  get('/v1/threads?cursor=a&cursor=b', 'cursor'),
  get('/v1/threads?extra=1', 'extra'),
  get(`${messages}?cursor=a`, 'cursor'),
  get('/v1/threads/:thread/events?after=1', 'after'),
];

const headers: readonly Row[] = ['x', '-1', '1.5', '9'.repeat(30)].map((id) => [
  `GET events after Last-Event-ID ${id}`,
  {
    path: '/v1/threads/:thread/events',
    headers: { accept: 'text/event-stream', 'last-event-id': id },
    field: 'last-event-id',
  },
]);

/** Requests that must be answered with 400 and the name of the field, and change nothing. */
export const badRequests: readonly Row[] = [...texts, ...limits, ...bodies, ...paths, ...queries, ...headers];
