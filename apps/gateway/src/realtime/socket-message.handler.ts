import { Injectable, Scope } from '@nestjs/common';
import { ThreadDirectory, type Thread } from '@bulkhead/events';
import {
  Approvals,
  RunAdmission,
  RunControl,
  type AcceptedRun,
  type AdmissionOptions,
  type Approval,
  type ApprovalDecision,
  type RunState,
} from '@bulkhead/execution';

/** Does what one socket message asks for, in the scope of that message. */
@Injectable({ scope: Scope.REQUEST })
export class SocketMessageHandler {
  constructor(
    private readonly threads: ThreadDirectory,
    private readonly admission: RunAdmission,
    private readonly control: RunControl,
    private readonly approvals: Approvals,
  ) {}

  /** Allocates the context's thread. */
  allocateThread(): Promise<Thread> {
    return this.threads.create('');
  }

  sendMessage(agentName: string, content: string, options: AdmissionOptions): Promise<AcceptedRun> {
    return this.admission.admit(agentName, content, options);
  }

  decideApproval(approvalId: string, decision: ApprovalDecision): Promise<Approval> {
    return this.approvals.decide(approvalId, decision);
  }

  cancelRun(): Promise<RunState> {
    return this.control.cancel();
  }
}
