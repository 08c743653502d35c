export { AccountTransactions } from './account-transactions.service.ts';
export { AdminTransactions } from './admin-transactions.service.ts';
export { BoundedQueue, type QueuedWork, type QueueLimits } from './bounded-queue.ts';
export { Database, PERSISTENCE_OPTIONS, type PersistenceOptions } from './database.service.ts';
export { DATABASE_ERROR_REASONS, type DatabaseErrorReason } from './database-errors.ts';
export { FlagTransactions, type FlagTransaction } from './flag-transactions.service.ts';
export { limitBackendMemory } from './postgres/backend-memory.ts';
export { openClient, openPool, type ConnectionOptions } from './postgres/connections.ts';
export { NotificationChannel, type NotificationHandlers } from './notification-channel.ts';
export { DatabaseSetupError, DatabaseUnavailableError, OutcomeUnknownError } from './persistence.errors.ts';
export { embeddedUrl } from './postgres/running-postgres.ts';
export { IdempotencyKeyReusedError, type Once } from './once.ts';
export { PersistenceModule } from './persistence.module.ts';
export {
  accounts,
  acknowledgements,
  apiKeys,
  approvals,
  auditHeads,
  auditLog,
  auditSeals,
  events,
  idempotencyKeys,
  flagChanges,
  messages,
  modelCalls,
  notes,
  queryGrants,
  rateLimits,
  refreshTokens,
  removedSubjects,
  runLimits,
  runQueue,
  runs,
  runSteps,
  sessions,
  signingKeys,
  tableRows,
  tables,
  threads,
  toolCallWindows,
  threadSummaries,
  toolResults,
  usageDays,
  userQuotas,
} from './schema/index.ts';
export { PrunerTransactions } from './pruner-transactions.service.ts';
export { QueueTransactions } from './queue-transactions.service.ts';
export { RateLimitStore } from './rate-limit-store.service.ts';
export { asEngine, literalOf, type Literal, type Statement } from './statement.ts';
export { sqlStateOf } from './sql-state.ts';
export { type TransactionDatabase } from './transaction.ts';
export { UserDatabaseSession } from './user-database-session.ts';
export { UserTransactions, type UserTransaction } from './user-transactions.service.ts';
