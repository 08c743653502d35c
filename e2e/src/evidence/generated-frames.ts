import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { signUp } from '../account.ts';
import type { Server } from '../server.ts';
import { SocketProbe } from '../socket-probe.ts';
import type { Evidence } from './evidence.ts';
import { percentile } from './percentile.ts';

const ANSWER_TARGET_MS = 1_000;
/** Frames that are under way at the same time. */
const AT_ONCE = 20;

const anyFrame = (threadId: string) => {
  const id = fc.oneof(fc.constant(threadId), fc.uuid(), fc.string(), fc.constantFrom(null, 7, {}, []));
  const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string());
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue());
  const known = fc.record(
    { threadId: id, runId: id, afterSeq: number, seq: number, agentName: text, content: fc.jsonValue() },
    { requiredKeys: [] },
  );
  const names = ['thread_subscribe', 'thread_unsubscribe', 'message_send', 'run_cancel', 'event_ack'];
  const reserved = [
    'connect',
    'connect_error',
    'disconnect',
    'disconnecting',
    'newListener',
    'removeListener',
  ];
  const name = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...names) },
    { weight: 2, arbitrary: fc.string().filter((each) => !reserved.includes(each)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('error', '__proto__', 'constructor', 'message', 'resync_required'),
    },
  );
  const payload = fc.oneof(
    { weight: 6, arbitrary: known.map((each) => [each as unknown]) },
    { weight: 2, arbitrary: fc.jsonValue().map((each) => [each as unknown]) },
    { weight: 1, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.jsonValue() as fc.Arbitrary<unknown>, { minLength: 2, maxLength: 4 }),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => [Buffer.from(bytes)]) },
    {
      weight: 1,
      arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => [{ content: Buffer.from(bytes) }]),
    },
  );
  return fc.record({ name, payload });
};

/** Sends whatever may come, and holds that each frame is answered, with data or with a problem. */
export async function checkFrames(evidence: Evidence, server: Server, count: number): Promise<void> {
  const { client } = await signUp(server);
  const { threadId } = await client.createThread({ title: randomUUID() });
  const socket = await SocketProbe.connect(server, { token: await client.accessToken() });
  const frames = fc.sample(anyFrame(threadId), count).values();
  const times: number[] = [];
  let unanswered = 0;
  const worker = async (): Promise<void> => {
    for (const { name, payload } of frames) {
      const before = performance.now();
      const answer: unknown = await socket.ask(name, ...payload).catch(() => undefined);
      times.push(performance.now() - before);
      if (!isAnswer(answer)) unanswered += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  evidence.check(`each of ${count} generated frames is answered`, unanswered === 0, `${unanswered} were not`);
  evidence.figure(
    'answer, p50 and p99 in ms',
    `${round(percentile(times, 50))} ${round(percentile(times, 99))}`,
  );
  const slowest = Math.max(...times);
  evidence.target(
    'the slowest answer comes within a second',
    slowest <= ANSWER_TARGET_MS,
    `${round(slowest)} ms`,
  );
  evidence.check('the connection outlives all of them', socket.isConnected, String(socket.isConnected));
}

const round = (ms: number): number => Math.round(ms * 10) / 10;

function isAnswer(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !('ok' in answer)) return false;
  return answer.ok === true ? 'data' in answer : 'problem' in answer;
}
