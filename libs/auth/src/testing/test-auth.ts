import { randomUUID } from 'node:crypto';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PERSISTENCE_OPTIONS, type PersistenceOptions } from '@bulkhead/persistence';
import { openTestDatabase, type TestDatabase } from '@bulkhead/persistence/testing';
import { AccountService, type SignInInput } from '../accounts/account.service.ts';
import { AuthModule } from '../auth.module.ts';
import { AUTH_OPTIONS, type AuthOptions } from '../auth.options.ts';
import { Authenticator } from '../authenticator.service.ts';
import type { SignedIn } from '../sessions/sessions.service.ts';

/** The real authentication on a real database of the spec's own; call `close` when done. */
export interface TestAuth {
  readonly database: TestDatabase;
  readonly node: INestApplicationContext;
  readonly accounts: AccountService;
  readonly authenticator: Authenticator;
  /** Signs up a new user, through the real service. */
  signUp(): Promise<SignedIn & SignInInput>;
  /** Starts one more node on the same database. */
  startNode(options?: Partial<AuthOptions>): Promise<INestApplicationContext>;
  close(): Promise<void>;
}

export async function openTestAuth(options: Partial<AuthOptions> = {}): Promise<TestAuth> {
  const database = await openTestDatabase();
  const nodes: INestApplicationContext[] = [];
  const startNode = async (more: Partial<AuthOptions> = options): Promise<INestApplicationContext> => {
    const node = await NestFactory.createApplicationContext(moduleWith(database.options, more), {
      logger: false,
      abortOnError: false,
    });
    nodes.push(node);
    return node;
  };
  const node = await startNode();
  const accounts = node.get(AccountService, { strict: false });
  return {
    database,
    node,
    accounts,
    authenticator: node.get(Authenticator, { strict: false }),
    startNode,
    signUp: async () => {
      const input = { email: `${randomUUID()}@bulkhead.example`, password: `pass-${randomUUID()}` };
      return { ...input, ...(await accounts.signUp(input)) };
    },
    close: async () => {
      for (const each of nodes) await each.close();
      await database.close();
    },
  };
}

/** What the application's module and its one configuration module do. */
function moduleWith(persistence: PersistenceOptions, options: Partial<AuthOptions>) {
  const auth: AuthOptions = { accessTokenTtlSeconds: 900, refreshTokenTtlDays: 30, ...options };
  const providers = [
    { provide: PERSISTENCE_OPTIONS, useValue: persistence },
    { provide: AUTH_OPTIONS, useValue: auth },
  ];
  @Module({})
  class Configuration {}
  return {
    module: class Application {},
    imports: [{ module: Configuration, global: true, providers, exports: providers }, AuthModule],
  };
}
