import { Injectable, Scope } from '@nestjs/common';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { toolResults, UserDatabaseSession } from '@bulkhead/persistence';
import type { JsonValue } from '@bulkhead/user-context';
import { eq } from 'drizzle-orm';

/** What was too large for an event, by the reference in that event. */
export interface ToolResult {
  readonly resultId: string;
  readonly threadId: string;
  readonly runId: string;
  readonly seq: number;
  readonly content: JsonValue;
}

/** The owner's large tool results and arguments. */
@Injectable({ scope: Scope.REQUEST })
export class ToolResults {
  constructor(private readonly session: UserDatabaseSession) {}

  /** @throws ResourceNotFoundError for a foreign and an absent one alike, and one that was pruned with its event */
  get(resultId: string): Promise<ToolResult> {
    return this.session.transaction(async ({ db }) => {
      const [row] = await db.select().from(toolResults).where(eq(toolResults.resultId, resultId));
      if (!row) throw new ResourceNotFoundError('tool result');
      const { threadId, runId, seq, content } = row;
      return { resultId: row.resultId, threadId, runId, seq, content: content as JsonValue };
    });
  }
}
