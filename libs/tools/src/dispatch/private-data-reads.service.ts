import { Injectable } from '@nestjs/common';
import type { UserDatabaseSession } from '@bulkhead/persistence';
import { ToolRegistry } from '../registry/tool-registry.service.ts';

/** Tells which threads hold what is not public, by their stored events: after a crash and in later runs as well. */
@Injectable()
export class PrivateDataReads {
  constructor(private readonly registry: ToolRegistry) {}

  /**
   * Whether a tool that may answer with private data was executed in the session's thread, by whichever agent. Default
   * yes: for tools that say nothing about it or are not there any more, and for threads whose events were removed.
   */
  async areIn(session: Pick<UserDatabaseSession, 'context' | 'statement'>): Promise<boolean> {
    const harmless = this.registry.namesWithoutPrivateData().join(',');
    const [row] = await session.statement<{ found: boolean }>(
      (literal) =>
        `SELECT EXISTS (SELECT FROM bulkhead.threads
                         WHERE thread_id = ${literal(session.context.threadId)} AND oldest_seq > 1)
             OR EXISTS (SELECT FROM bulkhead.events
                         WHERE thread_id = ${literal(session.context.threadId)} AND type = 'tool_completed'
                           AND coalesce(data->>'outcome', '') <> 'refused'
                           AND coalesce(data->>'toolName', '') <> ALL (string_to_array(${literal(harmless)}::text, ',')))
             AS found`,
    );
    return row?.found ?? true;
  }
}
