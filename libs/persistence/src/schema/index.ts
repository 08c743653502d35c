export { accounts, apiKeys, refreshTokens, removedSubjects, sessions, signingKeys } from './accounts.ts';
export { approvals, modelCalls, runSteps, threadSummaries, usageDays, userQuotas } from './agent-work.ts';
export { acknowledgements, events, messages, notes, runs, threads, toolResults } from './conversations.ts';
export { bulkhead } from './ownership.ts';
export { queryGrants, tableRows, tables, toolCallWindows } from './tables.ts';
export { auditHeads, auditLog, auditSeals } from './audit.ts';
export { idempotencyKeys, rateLimits } from './limits.ts';
export { flagChanges, nodes, runLimits, runQueue } from './queue.ts';
