import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import { Metrics, Tracing, type TraceSpan } from '@bulkhead/telemetry';
import type { UserExecutionContext } from '@bulkhead/user-context';
import type { AnswerFrame, FrameAnswer } from '../problem/socket-problem.filter.ts';
import type { UserSocket } from '../socket/user-socket.ts';

/** One frame that is being answered. */
interface Frame {
  readonly requestId: string;
  readonly event: string;
  readonly userId: string;
  readonly startedAt: number;
  readonly span: TraceSpan | undefined;
  /** Ids only: a connection that is opened while the frame is answered keeps the frame for as long as it lasts. */
  ids?: { readonly threadId: string; readonly runId: string };
}

/** Sent for every event that arrives: counted, and written down when debugging only. */
const ROUTINE = 'event_ack';

/** Counts, times and traces frames, and writes a line for each. What is in them is not looked at. */
@Injectable()
export class FrameObserver {
  readonly #logger = new Logger('Frames');
  readonly #frames = new AsyncLocalStorage<Frame>();

  constructor(
    private readonly metrics: Metrics,
    private readonly tracing: Tracing,
  ) {}

  /**
   * Answers a frame. @param event its name, of those that the server knows
   * @param requestId the frame's own
   * @param work gets a function that tells how it was answered
   */
  watch(socket: UserSocket, event: string, requestId: string, work: (answered: AnswerFrame) => void): void {
    const isTraced = this.tracing.isOn && event !== ROUTINE;
    const span = isTraced ? this.#begin(socket, event) : undefined;
    const { userId } = socket.data.identity;
    const frame: Frame = { requestId, event, userId, startedAt: performance.now(), span };
    const begin = (): void => this.#frames.run(frame, () => work((answer) => this.#end(frame, answer)));
    if (span) this.tracing.within(span, begin);
    else begin();
  }

  /** Of the caller's frame; undefined outside of one. */
  get requestId(): string | undefined {
    return this.#frames.getStore()?.requestId;
  }

  /** Tells in which context the caller's frame is answered. @returns it */
  within(context: UserExecutionContext): UserExecutionContext {
    const frame = this.#frames.getStore();
    if (frame) frame.ids = { threadId: context.threadId, runId: context.runId };
    return context;
  }

  #begin(socket: UserSocket, event: string): TraceSpan {
    const { traceparent } = socket.handshake.headers;
    return this.tracing.start(`frame ${event}`, {
      kind: 'server',
      parent: typeof traceparent === 'string' ? traceparent : undefined,
      attributes: { 'socket.event': event },
    });
  }

  #end(frame: Frame, answer: FrameAnswer<unknown>): void {
    const { requestId, event, userId, startedAt, span, ids } = frame;
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
