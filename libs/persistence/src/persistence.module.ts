import { Module } from '@nestjs/common';
import { UserContextModule } from '@bulkhead/user-context';
import { AccountTransactions } from './account-transactions.service.ts';
import { AdminTransactions } from './admin-transactions.service.ts';
import { databaseProvider } from './database.service.ts';
import { FlagTransactions } from './flag-transactions.service.ts';
import { PrunerTransactions } from './pruner-transactions.service.ts';
import { QueueTransactions } from './queue-transactions.service.ts';
import { RateLimitStore } from './rate-limit-store.service.ts';
import { UserDatabaseSession } from './user-database-session.ts';
import { UserTransactions } from './user-transactions.service.ts';

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
