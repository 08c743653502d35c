import type { Corpora } from './corpus.ts';

const gateway = 'apps/gateway/src/planted.ts';
const tools = 'libs/tools/src/planted.ts';
const token = (text: string): string => `export const claims = (token: string) => ${text};`;

/** Ways in: tokens, side doors, entry points, engines. */
export const entry: Corpora = {
  'no-token-parsing-outside-auth': {
    caught: [
      [gateway, `import { jwtVerify } from 'jose';`],
      ['libs/execution/src/planted.ts', `import { decode } from 'jsonwebtoken';`],
      ['libs/execution/src/planted.ts', `import jwtDecode from 'jwt-decode';`],
      ['libs/persistence/src/planted.ts', `await import('@node-rs/argon2');`],
      [gateway, `const { decodeJwt } = require('jose');`],
      [gateway, token(`JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())`)],
      [gateway, token(`{ const [, payload] = token.split('.'); return JSON.parse(atob(payload)); }`)],
      [gateway, token(`{ const parts = token.split('.'); return Buffer.from(parts[1] ?? '', 'base64'); }`)],
      [gateway, token('decodeToken(token)')],
      [tools, 'export const who = (request) => request.headers.authorization;'],
      [tools, `export const who = (request) => request.headers['authorization'];`],
      [tools, 'export const who = (socket) => socket.handshake.auth;'],
      [
        tools,
        'export const who = (request) => { const { authorization } = request.headers; return authorization; };',
      ],
    ],
    innocent: [
      ['libs/auth/src/planted.ts', `import { jwtVerify } from 'jose';`],
      [
        'apps/gateway/src/security/planted.ts',
        'export const who = (request) => request.headers.authorization;',
      ],
      [tools, `export const decoded = (cursor: string) => Buffer.from(cursor, 'base64url').toString();`],
      [tools, `export const parts = (version: string) => version.split('.');`],
      [
        'libs/client/src/planted.ts',
        'export const sign = (headers, token) => { headers.authorization = token; };',
      ],
      ['libs/tools/src/planted.spec.ts', 'export const sent = (request) => request.headers.authorization;'],
    ],
  },
  'no-auth-bypass': {
    caught: [
      [gateway, 'export const skipAuth = true;'],
      [gateway, 'export const open = (options) => options.bypassAuthentication;'],
      [gateway, `export const open = (options) => options['disable_auth'];`],
      [gateway, 'export const open = (config) => { if (config.demoMode) return 1; };'],
      [gateway, `export const who = (request) => request.headers['x-user-id'];`],
      [gateway, `export const who = (request) => request.headers['X-Impersonate-User'];`],
      [gateway, 'export const who = (request) => request.headers[`x-bypass-auth`];'],
      [gateway, `export const who = (request) => request.headers['x-' + 'user-id'];`],
      ['apps/gateway/src/config/planted.ts', 'export class Config { AUTH_DISABLED = false; }'],
      ['apps/gateway/src/config/planted.ts', 'export class Config { ALLOW_ANONYMOUS = false; }'],
      [tools, 'export const impersonateUser = (id: string) => id;'],
      [tools, 'export class Guard { #masterKey = 1; }'],
      [tools, 'export const isAuthOptional = true;'],
      [tools, 'const secret = 1; export { secret as backdoor };'],
      ['libs/auth/src/planted.ts', `import { flags } from '@bulkhead/flags';`],
      ['apps/gateway/src/security/planted.ts', `const { flags } = await import('@bulkhead/flags');`],
    ],
    innocent: [
      [gateway, 'export const authenticate = (authenticator) => authenticator.authenticate();'],
      [gateway, `export const id = (request) => request.headers['x-request-id'];`],
      [gateway, 'export const skipped = (list: string[]) => list.slice(1);'],
      [gateway, 'export const isPublic = true;'],
      [gateway, 'export class NoPermissionError {}'],
      [tools, 'export const isDemotion = (role: string) => role;'],
      [tools, 'export const permissions = [1] as const; export const optional = 1;'],
      ['e2e/src/planted.spec.ts', `export const headers = { 'x-user-id': 'eve' };`],
      [tools, `import { flags } from '@bulkhead/flags';`],
    ],
  },
  'no-request-scope-entry-point': {
    caught: [
      [gateway, `@Controller({ path: 'runs', scope: Scope.REQUEST }) export class RunsController {}`],
      [gateway, `@Controller({ path: 'runs', scope: 2 }) export class RunsController {}`],
      [gateway, `@Controller({ path: 'runs', scope: Scope['REQUEST'] }) export class RunsController {}`],
      [gateway, `const { REQUEST } = Scope; @Controller({ scope: REQUEST }) export class Runs {}`],
      [gateway, 'const options = { scope: Scope.REQUEST }; @Controller(options) export class Runs {}'],
      [gateway, 'const options = { scope: Scope.REQUEST }; @Controller({ ...options }) export class Runs {}'],
      [gateway, '@Injectable({ scope: Scope.TRANSIENT }) export class RoleGuard {}'],
      [gateway, '@Injectable({ scope: Scope.REQUEST, durable: true }) export class RunWorker {}'],
      [
        gateway,
        '@WebSocketGateway() export class Chat { constructor(private readonly context: UserExecutionContext) {} }',
      ],
      [
        gateway,
        '@WebSocketGateway() export class Chat { constructor(@Inject(REQUEST) private readonly request: object) {} }',
      ],
      [
        gateway,
        '@WebSocketGateway() export class Chat { constructor(@Inject(forwardRef(() => UserContextScope)) scope: object) {} }',
      ],
      [
        gateway,
        '@Controller() export class Runs { @Inject() private readonly context!: UserExecutionContext; }',
      ],
      [
        gateway,
        '@Controller() export class Runs { @Inject(UserContextScope) private readonly scope!: object; }',
      ],
      [
        gateway,
        '@Controller() export class Runs { constructor(private readonly dispatcher: ToolDispatcher) {} }',
      ],
      [gateway, 'export const guard = { provide: APP_GUARD, useClass: RoleGuard, scope: Scope.REQUEST };'],
      [
        gateway,
        'export const worker = { provide: RunWorker, useFactory: () => 1, inject: [UserExecutionContext] };',
      ],
      [gateway, '@Catch() export class AllErrors { constructor(@Inject(INQUIRER) parent: object) {} }'],
    ],
    innocent: [
      [
        gateway,
        `@Controller('runs') export class RunsController { constructor(private readonly scopes: ScopeRunner) {} }`,
      ],
      [gateway, `@Controller({ path: 'runs', scope: Scope.DEFAULT }) export class RunsController {}`],
      [
        gateway,
        '@Injectable({ scope: Scope.REQUEST }) export class SocketMessageHandler { constructor(context: UserExecutionContext) {} }',
      ],
      [
        gateway,
        '@WebSocketGateway({ cors: { origin: [] } }) export class Chat { handle(context: UserExecutionContext) {} }',
      ],
      [gateway, 'export const guard = { provide: APP_GUARD, useClass: RoleGuard };'],
      [
        gateway,
        'export const provider = { provide: UserContextScope, scope: Scope.REQUEST, inject: [REQUEST] };',
      ],
    ],
  },
  'single-engine': {
    caught: [
      ['libs/agents/src/planted.ts', 'export class ParallelExecutionEngine {}'],
      [gateway, 'export const make = () => class UserExecutionEngine {};'],
      ['libs/execution/src/planted.ts', 'export class FastExecutionEngine {}'],
      ['libs/execution/src/planted.ts', 'export class UserExecutionEngineV2 {}'],
      ['libs/execution/src/engine/user-execution.engine.ts', 'export class SecondExecutionEngine {}'],
      ['libs/execution/src/planted.ts', 'export interface AgentEngineFactory { create(): void }'],
      ['libs/execution/src/planted.ts', 'export function ExecutionEngineFactory() {}'],
      ['libs/execution/src/planted.ts', 'export const TeamExecutionEngine = class {};'],
      ['libs/execution/src/planted.ts', 'export class Turbo extends UserExecutionEngine {}'],
      ['libs/execution/src/planted.ts', 'export class Turbo implements ExecutionEngineFactory {}'],
      ['libs/execution/src/planted.ts', 'export const Turbo = UserExecutionEngine;'],
      [
        'libs/execution/src/planted.ts',
        `import { UserExecutionEngine as Turbo } from './user-execution.engine.ts';`,
      ],
      ['libs/execution/src/planted.ts', `export { Turbo as TeamExecutionEngine } from './turbo.ts';`],
      ['libs/events/src/planted.ts', 'export class EventRouter {}'],
      ['libs/events/src/planted.ts', 'export type SocketEventRouter = { route(): void };'],
    ],
    innocent: [
      ['libs/execution/src/engine/user-execution.engine.ts', 'export class UserExecutionEngine {}'],
      ['libs/execution/src/engine/execution-engine.factory.ts', 'export class ExecutionEngineFactory {}'],
      ['libs/events/src/fanout/event-router.service.ts', 'export class EventRouter {}'],
      ['libs/execution/src/planted.ts', `import { UserExecutionEngine } from './user-execution.engine.ts';`],
      ['libs/execution/src/planted.ts', 'export class EngineFactoryMetrics {}'],
      ['libs/execution/src/planted.ts', 'export interface EventRouterOptions { size: number }'],
      ['libs/models/src/planted.ts', 'export class TemplateEngine {}'],
    ],
  },
};
