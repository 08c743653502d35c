export { AccountTransactions } from './transactions/account-transactions.service.ts';
export { AdminTransactions } from './transactions/admin-transactions.service.ts';
export { BoundedQueue, type QueuedWork, type QueueLimits } from './database/bounded-queue.ts';
export { Database, PERSISTENCE_OPTIONS, type PersistenceOptions } from './database/database.service.ts';
export { DATABASE_ERROR_REASONS, type DatabaseErrorReason } from './database-errors.ts';
export { FlagTransactions, type FlagTransaction } from './transactions/flag-transactions.service.ts';
export { limitBackendMemory } from './postgres/backend-memory.ts';
export { openClient, openPool, type ConnectionOptions } from './postgres/connections.ts';
export { NotificationChannel, type NotificationHandlers } from './notifications/notification-channel.ts';
export { DatabaseSetupError, DatabaseUnavailableError, OutcomeUnknownError } from './persistence.errors.ts';
export { embeddedUrl } from './postgres/running-postgres.ts';
export { IdempotencyKeyReusedError, type Once } from './idempotency/idempotency.ts';
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
export { PrunerTransactions } from './transactions/pruner-transactions.service.ts';
export { QueueTransactions } from './transactions/queue-transactions.service.ts';
export { RateLimitStore } from './rate-limits/rate-limit-store.service.ts';
export { asQueueRole, literalOf, type Literal, type Statement } from './sql/statement.ts';
export { sqlStateOf } from './sql/sql-state.ts';
export { type TransactionDatabase } from './transactions/transaction.ts';
export { UserDatabaseSession } from './transactions/user-database-session.service.ts';
export { UserTransactions, type UserTransaction } from './transactions/user-transactions.service.ts';
