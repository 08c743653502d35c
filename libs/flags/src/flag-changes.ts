import { flagChanges, type TransactionDatabase } from '@bulkhead/persistence';
import { desc } from 'drizzle-orm';

/** The newest change of each flag that was ever changed. */
export const newestChanges = (db: TransactionDatabase): Promise<(typeof flagChanges.$inferSelect)[]> =>
  db
    .selectDistinctOn([flagChanges.name])
    .from(flagChanges)
    .orderBy(flagChanges.name, desc(flagChanges.changeId));
