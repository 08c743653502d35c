export { ActivityLedger } from './activity-ledger.service.ts';
export { QuotaAdministration, type QuotasOfUser } from './quota-administration.service.ts';
export type { QuotaName, Quotas } from './quota.ts';
export { UsageOverview, USAGE_GROUPS, type UsageGroup, type UsageTotal } from './usage-overview.service.ts';
export { UserQuota, type QuotaShown } from './user-quota.ts';
export { UsageReport, type UsageOfDay } from './usage-report.ts';
export type { ModelPrice, PriceTable } from './model-price.ts';
export { Approvals, type Approval, type ApprovalDecision, type ApprovalState } from './approvals.ts';
export type { AgentDefinition, AgentLimits, DelegateGrant } from './agent.contract.ts';
export { AgentRegistry } from './agent-registry.service.ts';
export type { DurableSteps } from './durable-steps.ts';
export { EngineCensus } from './engine-census.service.ts';
export {
  AgentRegistrationError,
  ApprovalChangedError,
  ApprovalClosedError,
  NodeIdTakenError,
  QuotaExceededError,
  RunCancelledError,
  RunCrashesNodeError,
  RunLimitError,
  RunNotPermittedError,
  RunNotRequeueableError,
  RunOutdatedError,
  RunTimeoutError,
  RunUnreadableError,
  ServerOverloadedError,
  ThreadBusyError,
  TooManyRunsError,
  UnknownAgentError,
} from './execution.errors.ts';
export { ExecutionModule } from './execution.module.ts';
export { EXECUTION_OPTIONS, type ExecutionOptions, type Role } from './execution.options.ts';
export { MemoryGate } from './memory-gate.service.ts';
export { QueueDepth, type Depth } from './queue-depth.service.ts';
export { RunAdmission, type AcceptedRun, type AdmissionOptions } from './run-admission.ts';
export { RunControl } from './run-control.ts';
export { RunExecution } from './run-execution.ts';
export { RunHistory, type Message, type Run } from './run-history.ts';
export { RunTotals, type Durations, type RunTotalsReport } from './run-totals.ts';
export { RunOverview, type RunMetadata } from './run-overview.service.ts';
export { RunLocator } from './run-locator.service.ts';
export { RunQueue, type RunJob, type RunProcessor } from './run-queue.service.ts';
export { RunRequeue } from './run-requeue.ts';
export { RunTraces } from './run-traces.service.ts';
export type { RunState, TerminalState } from './run-state.ts';
