/**
 * Why a cursor can't be continued from. `unknown_cursor`: no event of the thread ever had it; `future_cursor`: it is
 * beyond the newest; `pruned_cursor`: events after it are no longer stored.
 */
export type ResyncReason = 'unknown_cursor' | 'future_cursor' | 'pruned_cursor';

/** What is stored of a thread's events: `oldestSeq` to `latestSeq`; nothing when the first is greater. */
export interface StoredRange {
  readonly oldestSeq: number;
  /** 0 when the thread has no events. */
  readonly latestSeq: number;
}

/** The server has stopped delivering a thread: from the client's cursor on there would be a gap. */
export interface ResyncRequired extends StoredRange {
  readonly threadId: string;
  readonly reason: ResyncReason;
}

/** Why the server closes a connection. */
export type ClosingReason =
  /** It took in too little of what was sent. Come back with the last sequence. */
  | 'slow_consumer'
  /** Come back with a fresh token. */
  | 'token_expired'
  /** The session has ended: sign in again. */
  | 'revoked'
  /** The account may no longer do what the connection is for. */
  | 'role_changed'
  /** Nobody can say who this is. Sign in again. */
  | 'unauthenticated'
  | 'too_many_connections'
  /** Come back, to this node or another. */
  | 'server_shutdown';

/** The last thing that a connection hears. */
export interface ConnectionClosing {
  readonly reason: ClosingReason;
}

/** What the server sends besides a thread's events, over Socket.IO and as server-sent events alike. */
export interface ControlEvents {
  readonly resync_required: ResyncRequired;
  readonly connection_closing: ConnectionClosing;
}
