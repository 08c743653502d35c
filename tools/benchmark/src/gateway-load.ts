import { randomUUID } from 'node:crypto';
import { BulkheadClient, isTerminal, type ThreadConnection } from '@bulkhead/client';
import type { Lane, RunTiming } from './load.ts';

/** One tool call, then so many pieces of text. */
const MESSAGE = '/bench 50';

/** A user with an account and a thread of their own, over the client that users install. */
export async function openGatewayLane(url: string): Promise<Lane> {
  const account = { email: `bench-${randomUUID()}@bulkhead.example`, password: randomUUID() };
  const client = await BulkheadClient.signUp(url, account);
  const thread = await client.openThread();
  return { run: () => runOnce(thread), close: () => thread.close() };
}

/** Connections of one user, each with a thread open, that do nothing. */
export async function openIdleConnections(url: string) {
  const account = { email: `bench-${randomUUID()}@bulkhead.example`, password: randomUUID() };
  const user = await BulkheadClient.signUp(url, account);
  const threads: ThreadConnection[] = [];
  return {
    connect: async (count: number): Promise<void> => {
      for (let opened = 0; opened < count; opened++) {
        // A client follows all of its threads over one connection.
        const client = await BulkheadClient.withTokens(url, () => user.accessToken());
        threads.push(await client.openThread());
      }
    },
    close: async (): Promise<void> => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

async function runOnce(thread: ThreadConnection): Promise<RunTiming> {
  const startedAt = performance.now();
  let firstEventMs: number | undefined;
  let events = 0;
  const accepted = thread.send(MESSAGE);
  // A rejection is awaited below; until then it must not count as unhandled.
  accepted.catch(() => undefined);
  for await (const event of thread.events()) {
    firstEventMs ??= performance.now() - startedAt;
    events++;
    if (!isTerminal(event)) continue;
    if (event.type !== 'agent_completed') throw new Error(`A run ended with ${JSON.stringify(event.data)}`);
    const completionMs = performance.now() - startedAt;
    await accepted;
    return { firstEventMs, completionMs, events };
  }
  throw new Error('The thread was closed during a run.');
}
