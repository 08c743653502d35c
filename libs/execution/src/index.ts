export { ActiveRuns } from './runs/active-runs.service.ts';
export { QuotaAdministration, type QuotasOfUser } from './usage/quota-administration.service.ts';
export type { QuotaName, Quotas } from './usage/quota.ts';
export {
  UsageOverview,
  USAGE_GROUPS,
  type UsageGroup,
  type UsageTotal,
} from './usage/usage-overview.service.ts';
export { UserQuota, type QuotaShown } from './usage/user-quota.service.ts';
export { UsageReport, type UsageOfDay } from './usage/usage-report.service.ts';
export type { ModelPrice, PriceTable } from './usage/model-price.ts';
export {
  Approvals,
  type Approval,
  type ApprovalDecision,
  type ApprovalState,
} from './approvals/approvals.service.ts';
export type { AgentDefinition, AgentLimits, DelegateGrant } from './agents/agent.contract.ts';
export { AgentRegistry } from './agents/agent-registry.service.ts';
export type { Checkpoints } from './steps/checkpoints.ts';
export { EngineMetrics } from './engine/engine-metrics.service.ts';
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
export { MemoryGuard } from './admission/memory-guard.service.ts';
export { QueueDepth, type Depth } from './queue/queue-depth.service.ts';
export { RunAdmission, type AcceptedRun, type AdmissionOptions } from './admission/run-admission.service.ts';
export { RunControl } from './runs/run-control.service.ts';
export { RunJobHandler } from './worker/run-job.handler.ts';
export { RunHistory, type Message, type Run } from './runs/run-history.service.ts';
export { RunTotals, type Durations, type RunTotalsReport } from './runs/run-totals.service.ts';
export { AdminRuns, type RunMetadata } from './runs/admin-runs.service.ts';
export { RunLookup } from './runs/run-lookup.service.ts';
export { QueueWorker } from './worker/queue-worker.service.ts';
export { RunQueue, type RunJob, type RunProcessor } from './queue/run-queue.service.ts';
export { RunRequeue } from './admission/run-requeue.service.ts';
export { RunTraces } from './queue/run-traces.service.ts';
export type { RunState, TerminalState } from './runs/run-state.ts';
