import type { WireBody } from './dialects/dialect.contract.ts';
import { dialects, type DialectName } from './provider-dialects.ts';
import { brokenResponses, oddCalls, oddChats, unfinishedChats } from './recordings.ts';

/**
 * The rules of the services for programs that may not import this lib: they start this one. It tells the recordings
 * first, and then says to each request's body what the services would say.
 */
interface Question {
  readonly id: number;
  readonly services: readonly DialectName[];
  readonly body: WireBody;
}

const recordings = Object.values({ ...oddChats, ...oddCalls, ...unfinishedChats, ...brokenResponses });

process.on('message', ({ id, services, body }: Question) => {
  const refusals = services.map((name) => dialects[name].check(body, new Map()));
  process.send?.({ id, refusal: refusals.find((refusal) => refusal !== undefined) });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ recordings: recordings.map(({ frames }) => frames) });
