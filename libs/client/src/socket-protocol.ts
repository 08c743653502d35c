import type { Problem } from './problem.error.ts';
import type { AcceptedRun, RunState, WhenBusy } from './resources.ts';

/** What a client asks over the socket, by event: what it sends, and what it is answered. */
export interface SocketCalls {
  /** Without a thread id a thread is allocated. Without a cursor, delivery begins with the next event. */
  thread_subscribe: {
    request: { readonly threadId?: string; readonly afterSeq?: number };
    answer: {
      readonly threadId: string;
      readonly oldestSeq: number;
      readonly lastSeq: number;
      readonly created: boolean;
    };
  };
  thread_unsubscribe: { request: { readonly threadId: string }; answer: { readonly threadId: string } };
  message_send: {
    request: {
      readonly threadId: string;
      readonly content: string;
      readonly agentName?: string;
      readonly whenBusy?: WhenBusy;
    };
    answer: AcceptedRun;
  };
  run_cancel: {
    request: { readonly runId: string };
    answer: { readonly runId: string; readonly state: RunState };
  };
  /** To approve, name the hash of the arguments that the user has seen. */
  approval_decide: {
    request: {
      readonly approvalId: string;
      readonly decision: 'approve' | 'refuse';
      readonly argumentsHash?: string;
      readonly reason?: string;
    };
    answer: { readonly approvalId: string; readonly state: string };
  };
  /** Everything up to `seq` has arrived. */
  event_ack: {
    request: { readonly threadId: string; readonly seq: number };
    answer: { readonly threadId: string; readonly ackedSeq: number };
  };
}

/** The answer to every event, within a second. */
export type Acknowledgement<Data> = {
  /** Name it when asking for help: the server's log has it. */
  readonly requestId: string;
} & ({ readonly ok: true; readonly data: Data } | { readonly ok: false; readonly problem: Problem });
