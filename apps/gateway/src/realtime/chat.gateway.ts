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
import { RunLookup } from '@bulkhead/execution';
import { ScopeRunner, UserExecutionContext, type SocketMessage } from '@bulkhead/user-context';
import { RequiresPermission } from '../security/access.decorator.ts';
import { toDecision } from '../approvals/approval.dto.ts';
import { AuthenticationGuard } from '../security/authentication.guard.ts';
import { EventDelivery } from '../streaming/event-delivery.service.ts';
import { onceOfFrame } from '../idempotency/idempotency-key.ts';
import { SocketProblemFilter } from './socket-problem.filter.ts';
import { RequestValidationPipe } from '../validation/request-validation.pipe.ts';
import { CurrentFrame, SocketRequest, type AckResponse } from './socket-request.ts';
import {
  ApprovalDecideDto,
  EventAckDto,
  MessageSendDto,
  RunCancelDto,
  ThreadUnsubscribeDto,
  ThreadSubscribeDto,
} from './socket.dto.ts';
import { SocketMessageHandler } from './socket-message.handler.ts';
import type { UserSocket } from '../streaming/user-socket.ts';

const ok = <Data>(data: Data): AckResponse<Data> => ({ ok: true, data });

/** The chat protocol over Socket.IO. A singleton: each message opens a context and a scope of its own. */
@WebSocketGateway()
@UseGuards(AuthenticationGuard)
@UsePipes(RequestValidationPipe)
@UseFilters(SocketProblemFilter)
export class ChatGateway implements OnGatewayConnection<UserSocket>, OnGatewayDisconnect<UserSocket> {
  constructor(
    private readonly scopes: ScopeRunner,
    private readonly delivery: EventDelivery,
    private readonly reader: ThreadReader,
    private readonly acknowledgements: Acknowledgements,
    private readonly locator: RunLookup,
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
    @CurrentFrame() frame: SocketRequest,
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
    @CurrentFrame() frame: SocketRequest,
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
    @CurrentFrame() frame: SocketRequest,
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
    @CurrentFrame() frame: SocketRequest,
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
    @CurrentFrame() frame: SocketRequest,
  ) {
    const context = this.#contextOf(socket, frame, { event: 'event_ack', threadId });
    const ackedSeq = await this.acknowledgements.acknowledge(context, threadId, seq);
    this.delivery.acknowledged(socket, threadId, ackedSeq);
    return ok({ threadId, ackedSeq });
  }

  #contextOf(socket: UserSocket, frame: SocketRequest, message: SocketMessage): UserExecutionContext {
    const { requestId } = frame;
    return frame.within(UserExecutionContext.fromSocket(socket, { ...message, requestId }));
  }
}
