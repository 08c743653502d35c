import { Injectable, Logger } from '@nestjs/common';
import { Metrics, Tracing, type TraceSpan } from '@bulkhead/telemetry';
import type { SocketRequest, AckResponse } from './socket-request.ts';
import type { UserSocket } from '../streaming/user-socket.ts';

/** Sent for every event that arrives: counted, and written down when debugging only. */
const ROUTINE = 'event_ack';

/** Counts, times and traces frames, and writes a line for each. What is in them is not looked at. */
@Injectable()
export class SocketMetrics {
  readonly #logger = new Logger('Frames');

  constructor(
    private readonly metrics: Metrics,
    private readonly tracing: Tracing,
  ) {}

  /** Has a frame answered by `work`. @param event its name, of those that the server knows */
  watch(socket: UserSocket, event: string, frame: SocketRequest, work: () => void): void {
    const isTraced = this.tracing.isOn && event !== ROUTINE;
    const span = isTraced ? this.#begin(socket, event) : undefined;
    const { userId } = socket.data.identity;
    const startedAt = performance.now();
    frame.onAnswer((answer) => this.#end(frame, answer, { event, userId, startedAt, span }));
    if (span) this.tracing.within(span, work);
    else work();
  }

  #begin(socket: UserSocket, event: string): TraceSpan {
    const { traceparent } = socket.handshake.headers;
    return this.tracing.start(`frame ${event}`, {
      kind: 'server',
      parent: typeof traceparent === 'string' ? traceparent : undefined,
      attributes: { 'socket.event': event },
    });
  }

  #end({ requestId, ids }: SocketRequest, answer: AckResponse<unknown>, frame: Watched): void {
    const { event, userId, startedAt, span } = frame;
    const seconds = (performance.now() - startedAt) / 1000;
    this.metrics.count('bulkhead_frames_total', { event, outcome: answer.ok ? 'ok' : 'problem' });
    this.metrics.observe('bulkhead_frame_seconds', seconds, { event });
    span?.set({
      'request.id': requestId,
      'problem.code': answer.ok ? undefined : answer.problem.code,
    });
    span?.end(!answer.ok && answer.problem.status >= 500 ? new Error(answer.problem.code) : undefined);
    const line = {
      requestId,
      userId,
      ...ids,
      event,
      outcome: answer.ok ? 'ok' : answer.problem.code,
      durationMs: Math.round(seconds * 1000),
    };
    if (event === ROUTINE) this.#logger.debug(line);
    else this.#logger.log(line);
  }
}

/** What is kept of a frame until it is answered. */
interface Watched {
  readonly event: string;
  readonly userId: string;
  readonly startedAt: number;
  readonly span: TraceSpan | undefined;
}
