import { randomUUID } from 'node:crypto';
import {
  BulkheadClient,
  type Credentials,
  type OpenThreadOptions,
  type ThreadConnection,
} from '@bulkhead/client';
import type { Server } from './server.ts';

/** A user of a server, signed in. */
export interface Account {
  readonly credentials: Credentials;
  readonly client: BulkheadClient;
}

export const newCredentials = (): Credentials => ({
  email: `ada-${randomUUID()}@bulkhead.example`,
  password: `correct horse ${randomUUID()}`,
});

/** A new account. */
export async function signUp({ url }: Pick<Server, 'url'>): Promise<Account> {
  const credentials = newCredentials();
  return { credentials, client: await BulkheadClient.signUp(url, credentials) };
}

/** A live thread that is closed with the server, if the spec does not close it before. */
export async function openThread(
  server: Server,
  { client }: Pick<Account, 'client'>,
  options: OpenThreadOptions = {},
): Promise<ThreadConnection> {
  const thread = await client.openThread(options);
  server.defer(() => thread.close());
  return thread;
}
