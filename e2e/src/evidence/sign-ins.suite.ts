import { setTimeout as sleep } from 'node:timers/promises';
import { newCredentials } from '../account.ts';
import { probe } from '../http-probe.ts';
import { Server } from '../server.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { inspectable, InspectedHeap } from './inspected-heap.ts';
import { median, percentile } from './percentile.ts';

const AT_ONCE = 50;
const TARGET_MS = 50;
/** What the histogram counts in: a delay is what a timer of so many milliseconds comes too late. */
const RESOLUTION_MS = 10;
/** Until nothing of the start is left to be done. */
const QUIET_MS = 1_500;

/** Measured inside the server: Node's own histogram, reached over the inspector, with nothing of the server made for it. */
const startMeasuring = `(globalThis.loopDelay = process.getBuiltinModule('node:perf_hooks')
  .monitorEventLoopDelay({ resolution: ${RESOLUTION_MS} })).enable()`;
const stopMeasuring = `(() => {
  const { loopDelay } = globalThis;
  loopDelay.disable();
  const inMs = (nanoseconds) => nanoseconds / 1e6 - ${RESOLUTION_MS};
  return [inMs(loopDelay.percentile(50)), inMs(loopDelay.percentile(99)), inMs(loopDelay.max)].join();
})()`;

export const signIns: EvidenceSuite = {
  name: 'sign-ins',
  promise: 'Passwords are hashed beside the event loop: fifty sign-ins at once hold nobody else up.',
  tried:
    'Fifty accounts sign in at the same moment while the server measures its event loop and somebody else asks on; then wrong passwords are compared with unknown emails.',
  async run(evidence) {
    const server = await Server.start(inspectable);
    evidence.defer(() => server.dispose());
    const heap = await InspectedHeap.of(server);
    evidence.defer(() => heap.close());
    const credentials = Array.from({ length: AT_ONCE }, newCredentials);
    const ask = (path: string, body: object) => probe(server.url, { method: 'POST', path, body });
    // A few at a time: the making of the accounts is not what is tried here.
    for (const each of credentials) await ask('/v1/auth/sign-up', each);
    await sleep(QUIET_MS);
    for (let round = 1; round <= (evidence.long ? 5 : 1); round += 1) {
      await heap.evaluate(startMeasuring);
      const isOver = Promise.all(credentials.map((each) => ask('/v1/auth/sign-in', each)));
      const waits = await othersWaits(server, isOver);
      const statuses = (await isOver).map(({ status }) => status);
      const [middle = 0, p99 = 0, max = 0] = String(await heap.evaluate(stopMeasuring))
        .split(',')
        .map(Number);
      const good = statuses.filter((status) => status === 200).length;
      evidence.check(`all ${AT_ONCE} sign in`, good === AT_ONCE, good);
      evidence.target(
        `the event loop is late by less than ${TARGET_MS} ms, p99`,
        p99 < TARGET_MS,
        `p50 / p99 / max: ${[middle, p99, max].map((ms) => ms.toFixed(1)).join(' / ')} ms`,
      );
      evidence.figure(
        `what others wait for an answer meanwhile, round ${round}, p50 / p99`,
        `${median(waits).toFixed(1)} / ${percentile(waits, 99).toFixed(1)} ms`,
      );
    }
    await compareRefusals(evidence, server, credentials);
  },
};

/** How long each request of somebody else takes, one after the other, until it is over. */
async function othersWaits(server: Server, isOver: Promise<unknown>): Promise<number[]> {
  const waits: number[] = [];
  let goesOn = true;
  void isOver.finally(() => (goesOn = false));
  do {
    const startedAt = performance.now();
    await probe(server.url, { path: '/health/live' });
    waits.push(performance.now() - startedAt);
  } while (goesOn);
  return waits;
}

/** Whether the answer or the clock tells a wrong password from an email that nobody has. */
async function compareRefusals(
  evidence: Evidence,
  server: Server,
  credentials: readonly { readonly email: string }[],
): Promise<void> {
  const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
  const answers = new Set<string>();
  for (const { email } of credentials) {
    for (const [kind, name] of [
      ['known', email],
      ['unknown', newCredentials().email],
    ] as const) {
      const startedAt = performance.now();
      const body = { email: name, password: 'not the password' };
      const { status, text } = await probe(server.url, { method: 'POST', path: '/v1/auth/sign-in', body });
      times[kind].push(performance.now() - startedAt);
      answers.add(`${status} ${text.replace(/"requestId":"[^"]+"/, '')}`);
    }
  }
  evidence.check(
    'a wrong password and an unknown email are answered alike',
    answers.size === 1,
    answers.size,
  );
  const [known, unknown] = [median(times.known), median(times.unknown)];
  evidence.target(
    'and take the same time',
    Math.abs(known - unknown) < Math.max(5, 0.1 * known),
    `${known.toFixed(1)} / ${unknown.toFixed(1)} ms`,
  );
}
