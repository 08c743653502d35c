import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { tables, type UserDatabaseSession } from '@bulkhead/persistence';
import { desc, eq } from 'drizzle-orm';
import type { Table, TableColumn } from './table.ts';

/** The tables of the session's user. */
@Injectable()
export class TableStore {
  /** Newest first. */
  list(session: UserDatabaseSession): Promise<Table[]> {
    return session.transaction(async ({ db }) =>
      (await db.select().from(tables).orderBy(desc(tables.createdAt), tables.tableId)).map(toTable),
    );
  }

  /** @throws ResourceNotFoundError */
  get(session: UserDatabaseSession, tableId: string): Promise<Table> {
    return session.transaction(async ({ db }) => {
      const [row] = await db.select().from(tables).where(eq(tables.tableId, tableId));
      if (!row) throw new ResourceNotFoundError('table');
      return toTable(row);
    });
  }

  /** Deletes it with its rows. @throws ResourceNotFoundError */
  async delete(session: UserDatabaseSession, tableId: string): Promise<void> {
    await session.transaction(async ({ db }) => {
      const [deleted] = await db.delete(tables).where(eq(tables.tableId, tableId)).returning();
      if (!deleted) throw new ResourceNotFoundError('table');
    });
  }
}

export const toTable = ({ userId: _, columns, createdAt, ...row }: typeof tables.$inferSelect): Table => ({
  ...row,
  columns: columns as TableColumn[],
  createdAt: createdAt.toISOString(),
});
