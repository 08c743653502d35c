import { Module } from '@nestjs/common';
import { UserContextModule } from '@bulkhead/user-context';
import { AccountTransactions } from './transactions/account-transactions.service.ts';
import { AdminTransactions } from './transactions/admin-transactions.service.ts';
import { databaseProvider } from './database/database.service.ts';
import { FlagTransactions } from './transactions/flag-transactions.service.ts';
import { PrunerTransactions } from './transactions/pruner-transactions.service.ts';
import { QueueTransactions } from './transactions/queue-transactions.service.ts';
import { RateLimitStore } from './rate-limits/rate-limit-store.service.ts';
import { UserDatabaseSession } from './transactions/user-database-session.service.ts';
import { UserTransactions } from './transactions/user-transactions.service.ts';

const services = [
  databaseProvider,
  UserTransactions,
  AccountTransactions,
  AdminTransactions,
  FlagTransactions,
  PrunerTransactions,
  QueueTransactions,
  RateLimitStore,
  UserDatabaseSession,
];

/** Needs `PERSISTENCE_OPTIONS` from the application's configuration. */
@Module({ imports: [UserContextModule], providers: services, exports: services })
export class PersistenceModule {}
