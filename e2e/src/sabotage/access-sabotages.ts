import type { Sabotage } from './sabotage.ts';

const migrations = 'libs/persistence/migrations/*.sql';

/** Of the doors: who somebody is, what they may, and what they are told. */
export const accessSabotages: readonly Sabotage[] = [
  {
    name: 'JWT algorithm that is not pinned',
    breaks: 'a token is signed as its issuer signs, and no other way',
    places: [
      {
        file: 'libs/auth/src/providers/provider-tokens.service.ts',
        find: 'algorithms: [...algorithms],',
        replace: '',
      },
    ],
    guard: { spec: 'libs/auth/src/providers/provider-forgery.spec.ts' },
  },
  {
    name: 'audience that is not checked',
    breaks: 'a token for another service is none for this one',
    places: [
      {
        file: 'libs/auth/src/providers/provider-tokens.service.ts',
        find: 'issuer, audience, algorithms: [',
        replace: 'issuer,\n    algorithms: [',
      },
    ],
    guard: { spec: 'libs/auth/src/providers/provider-forgery.spec.ts' },
  },
  {
    name: 'token of another kind that passes as an access token',
    breaks: 'only an access token opens the door',
    places: [
      {
        file: 'libs/auth/src/tokens/access-tokens.service.ts',
        find: 'typ: accessTokenForm.type, issuer: accessTokenForm.issuer, audience',
        replace: 'issuer: accessTokenForm.issuer,\n      audience',
      },
    ],
    guard: { spec: 'libs/auth/src/authenticator.forgery.spec.ts' },
  },
  {
    name: 'session that is believed without asking the database',
    breaks: 'a revoked or disabled user is refused at the next call',
    places: [
      {
        file: 'libs/auth/src/sessions/live-session.ts',
        find: 'sessions.revoked_at IS NULL AND ',
        replace: '',
      },
    ],
    guard: { spec: 'libs/auth/src/authenticator.service.spec.ts' },
  },
  {
    name: 'session revocation that wakes nobody',
    breaks: 'who loses their rights is served by no node a second later',
    places: [
      {
        file: migrations,
        find: 'CREATE TRIGGER announce_change AFTER UPDATE ON bulkhead.sessions FOR EACH ROW WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at OR OLD.expires_at IS DISTINCT FROM NEW.expires_at)',
        replace:
          'CREATE TRIGGER announce_change AFTER UPDATE ON bulkhead.sessions FOR EACH ROW\n  WHEN (OLD.expires_at IS DISTINCT FROM NEW.expires_at)',
      },
    ],
    guard: { spec: 'libs/auth/src/liveness/connection-auth-monitor.spec.ts', test: 'announces' },
  },
  {
    name: 'doubt that is taken for a yes',
    breaks: 'when nobody can say whether somebody may, the answer is no',
    places: [
      {
        file: 'libs/auth/src/liveness/connection-auth-monitor.service.ts',
        find: 'if (performance.now() - session.doubtedAt > DOUBT_MS) {',
        replace: 'if (session.doubtedAt < 0) {',
      },
    ],
    guard: {
      spec: 'libs/auth/src/liveness/connection-auth-monitor.spec.ts',
      test: 'while the database is away',
    },
  },
  {
    name: 'stolen refresh token that goes unnoticed',
    breaks: 'a refresh token that is used twice ends its session',
    places: [
      {
        file: 'libs/auth/src/sessions/sessions.service.ts',
        find: "await this.#end(db, token.sessionId, 'refresh_token_reuse');",
        replace: '',
      },
    ],
    guard: { spec: 'libs/auth/src/sessions/sessions.service.spec.ts' },
  },
  {
    name: 'access declaration that is missing',
    breaks: 'every route says who may enter, or the server does not start',
    places: [
      {
        file: 'apps/gateway/src/boot/access-declaration-check.service.ts',
        find: 'if (open.length > 0) {',
        replace: 'if (open.length < 0) {',
      },
    ],
    guard: { spec: 'apps/gateway/src/boot/access-declaration-check.spec.ts' },
  },
  {
    name: 'foreign thing that is answered differently from an absent one',
    breaks: 'nobody learns what others have',
    places: [
      {
        file: 'libs/auth/src/sessions/user-sessions.service.ts',
        find: "if (ended.length === 0) throw new ResourceNotFoundError('session');",
        replace:
          "if (ended.length === 0) {\n        const known = await db.select().from(sessions).where(eq(sessions.sessionId, sessionId));\n        throw new ResourceNotFoundError(known.length > 0 ? 'user' : 'session');\n      }",
      },
    ],
    guard: { spec: 'libs/auth/src/administration/user-administration.spec.ts' },
  },
  {
    name: 'error that tells a secret',
    breaks: 'an internal error tells the caller nothing',
    places: [
      {
        file: 'libs/errors/src/problem-details.ts',
        find: "return problem('internal_error', status, title, detail);",
        replace: "return problem('internal_error', status, title, `${detail} ${String(error)}`);",
      },
    ],
    guard: { spec: 'libs/errors/src/problem-details.spec.ts' },
  },
  {
    name: 'failed query whose values are logged',
    breaks: 'nothing that users wrote reaches a log',
    places: [
      {
        file: 'libs/persistence/src/transactions/transaction.ts',
        find: 'const error = withoutValues(failure);',
        replace: 'const error = failure;',
      },
    ],
    guard: { spec: 'libs/auth/src/auth-secrets.spec.ts' },
  },
  {
    name: 'audit chain without the hash before',
    breaks: 'whatever is changed in the audit log is named',
    places: [
      {
        file: migrations,
        find: "concat_ws(E'\\n', p_before, p_user,",
        replace: "concat_ws(E'\\n', '', p_user,",
      },
    ],
    guard: { spec: 'libs/audit/src/audit-verifier.spec.ts' },
  },
  {
    name: 'page of another origin that connects',
    breaks: "the origin is checked for WebSocket, where the browser doesn't",
    places: [
      {
        file: 'apps/gateway/src/realtime/allowed-origins.ts',
        find: 'new URL(origin).host === host;',
        replace: 'new URL(origin).host !== "";',
      },
    ],
    guard: { spec: 'apps/gateway/src/realtime/allowed-origins.spec.ts' },
  },
];
