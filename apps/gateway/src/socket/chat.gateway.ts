import { UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
} from '@nestjs/websockets';
import { Acknowledgements, ThreadReader } from '@bulkhead/events';
import { RunLocator } from '@bulkhead/execution';
import { UserContextScopes, UserExecutionContext, type SocketMessage } from '@bulkhead/user-context';
import { RequiresPermission } from '../auth/access.decorator.ts';
import { toDecision } from '../approvals/approval.dto.ts';
import { AuthenticationGuard } from '../auth/authentication.guard.ts';
import { EventDelivery } from '../delivery/event-delivery.service.ts';
import { onceOfFrame } from '../idempotency/idempotency-key.ts';
import { SocketProblemFilter } from '../problem/socket-problem.filter.ts';
import { RequestValidationPipe } from '../validation/request-validation.pipe.ts';
import { CurrentFrame, Frame, type FrameAnswer } from './frame.ts';
import {
  ApprovalDecideDto,
  EventAckDto,
  MessageSendDto,
  RunCancelDto,
  ThreadUnsubscribeDto,
  ThreadSubscribeDto,
} from './socket.dto.ts';
import { SocketMessageHandler } from './socket-message.handler.ts';
import type { UserSocket } from './user-socket.ts';

const ok = <Data>(data: Data): FrameAnswer<Data> => ({ ok: true, data });

/** The chat protocol over Socket.IO. A singleton: each message opens a context and a scope of its own. */
@WebSocketGateway()
@UseGuards(AuthenticationGuard)
@UsePipes(RequestValidationPipe)
@UseFilters(SocketProblemFilter)
export class ChatGateway implements OnGatewayConnection<UserSocket>, OnGatewayDisconnect<UserSocket> {
  constructor(
    private readonly scopes: UserContextScopes,
    private readonly delivery: EventDelivery,
    private readonly reader: ThreadReader,
    private readonly acknowledgements: Acknowledgements,
    private readonly locator: RunLocator,
  ) {}

  handleConnection(socket: UserSocket): void {
    this.delivery.connect(socket);
    const { opening } = socket.data;
    if (opening) this.delivery.open(socket, opening.threadId, opening.afterSeq);
  }

  /** A run outlives its connection: only delivery ends here. */
  handleDisconnect(socket: UserSocket): void {
    this.delivery.disconnect(socket);
  }

  @RequiresPermission('threads:own')
  @SubscribeMessage('thread_subscribe')
  async subscribe(
    @ConnectedSocket() socket: UserSocket,
    @MessageBody() { threadId, afterSeq }: ThreadSubscribeDto,
    @CurrentFrame() frame: Frame,
  ) {
    const context = this.#contextOf(socket, frame, { event: 'thread_subscribe', threadId });
    const created = threadId === undefined;
    if (created) await this.scopes.run(context, SocketMessageHandler, (handler) => handler.allocateThread());
    const cursor = afterSeq === undefined ? undefined : { field: 'afterSeq', afterSeq };
    const { oldestSeq, latestSeq } = await this.reader.verify(context, context.threadId, cursor);
    this.delivery.open(socket, context.threadId, afterSeq ?? latestSeq);
    return ok({ threadId: context.threadId, oldestSeq, lastSeq: latestSeq, created });
  }

  @RequiresPermission('threads:own')
  @SubscribeMessage('thread_unsubscribe')
  unsubscribe(@ConnectedSocket() socket: UserSocket, @MessageBody() { threadId }: ThreadUnsubscribeDto) {
    this.delivery.close(socket, threadId);
    return ok({ threadId });
  }

  @RequiresPermission('runs:own')
  @SubscribeMessage('message_send')
  async sendMessage(
    @ConnectedSocket() socket: UserSocket,
    @MessageBody() { idempotencyKey, ...message }: MessageSendDto,
    @CurrentFrame() frame: Frame,
  ) {
    const { threadId, agentName, content, whenBusy } = message;
    const once = onceOfFrame(idempotencyKey, 'message_send', message);
    const context = this.#contextOf(socket, frame, { event: 'message_send', threadId });
    return ok(
      await this.scopes.run(context, SocketMessageHandler, (handler) =>
        handler.sendMessage(agentName, content, { whenBusy, once }),
      ),
    );
  }

  @RequiresPermission('runs:own')
  @SubscribeMessage('run_cancel')
  async cancelRun(
    @ConnectedSocket() socket: UserSocket,
    @MessageBody() { runId }: RunCancelDto,
    @CurrentFrame() frame: Frame,
  ) {
    const context = await this.locator.locate(this.#contextOf(socket, frame, { event: 'run_cancel', runId }));
    const state = await this.scopes.run(context, SocketMessageHandler, (handler) => handler.cancelRun());
    return ok({ runId, state });
  }

  @RequiresPermission('runs:own')
  @SubscribeMessage('approval_decide')
  async decideApproval(
    @ConnectedSocket() socket: UserSocket,
    @MessageBody() { approvalId, ...decision }: ApprovalDecideDto,
    @CurrentFrame() frame: Frame,
  ) {
    const context = this.#contextOf(socket, frame, { event: 'approval_decide' });
    const { state } = await this.scopes.run(context, SocketMessageHandler, (handler) =>
      handler.decideApproval(approvalId, toDecision(decision)),
    );
    return ok({ approvalId, state });
  }

  @RequiresPermission('threads:own')
  @SubscribeMessage('event_ack')
  async acknowledge(
    @ConnectedSocket() socket: UserSocket,
    @MessageBody() { threadId, seq }: EventAckDto,
    @CurrentFrame() frame: Frame,
  ) {
    const context = this.#contextOf(socket, frame, { event: 'event_ack', threadId });
    const ackedSeq = await this.acknowledgements.acknowledge(context, threadId, seq);
    this.delivery.acknowledged(socket, threadId, ackedSeq);
    return ok({ threadId, ackedSeq });
  }

  #contextOf(socket: UserSocket, frame: Frame, message: SocketMessage): UserExecutionContext {
    const { requestId } = frame;
    return frame.within(UserExecutionContext.fromSocket(socket, { ...message, requestId }));
  }
}
