import { Injectable, Scope } from '@nestjs/common';
import { UserDatabaseSession } from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';

/** Questions, with their answers, that are read at most, however short they are. */
export const MAX_TURNS = 50;

/** A user's message and what was answered to it. */
export interface ThreadTurn {
  /** Of the message. */
  readonly seq: number;
  readonly question: string;
  /** Null when there is none: the run failed, or is the context's own. */
  readonly answer: string | null;
  /** Estimated, with all newer turns. */
  readonly tokens: number;
}

/** Which turns of a thread: after one sequence, up to another, and as many of the newest as fit. */
export interface TurnRange {
  readonly after: number;
  readonly upTo: number | 'own message';
  readonly maxTokens: number;
}

interface Row {
  readonly seq: string;
  readonly question: string | null;
  readonly answer: string | null;
  readonly tokens: string;
}

/** What was said in the context's thread. */
@Injectable({ scope: Scope.REQUEST })
export class ThreadTurns {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly session: UserDatabaseSession,
  ) {}

  /**
   * Newest first. The newest is always there, also when it alone is too much. Reads a bounded number of rows by index,
   * however long the thread is.
   * @returns also whether there are older ones in the range, which did not fit
   */
  async newest({ after, upTo, maxTokens }: TurnRange): Promise<{ turns: ThreadTurn[]; hasMore: boolean }> {
    const { runId, threadId } = this.context;
    const rows = await this.session.statement<Row>((literal) => {
      const [run, thread] = [literal(runId), literal(threadId)];
      const last =
        upTo === 'own message'
          ? `(SELECT o.seq FROM bulkhead.messages o WHERE o.run_id = ${run} AND o.role = 'user')`
          : upTo;
      // Texts that do not fit are not even read: they are stored apart from their rows when they are long.
      return `SELECT seq, tokens, CASE WHEN fits THEN question END AS question, CASE WHEN fits THEN answer END AS answer
        FROM (SELECT *, place = 1 OR (place <= ${MAX_TURNS} AND tokens <= ${maxTokens}) AS fits FROM (
          SELECT q.seq, q.content AS question, a.content AS answer, row_number() OVER newest AS place,
                 sum(${tokensOf('q')} + ${tokensOf('a')}) OVER newest AS tokens
            FROM (
              SELECT m.run_id, m.seq, m.content, m.tokens FROM bulkhead.messages m
               WHERE m.thread_id = ${thread} AND m.role = 'user' AND m.seq > ${after} AND m.seq <= ${last}
               ORDER BY m.seq DESC LIMIT ${MAX_TURNS + 1}
            ) q
            LEFT JOIN LATERAL (
              SELECT m.content, m.tokens FROM bulkhead.messages m
               WHERE m.run_id = q.run_id AND m.role = 'assistant' AND m.run_id <> ${run}
            ) a ON true
          WINDOW newest AS (ORDER BY q.seq DESC)
        ) counted) chosen
       ORDER BY seq DESC`;
    });
    const turns = rows.flatMap(({ seq, question, answer, tokens }) =>
      question === null ? [] : [{ seq: Number(seq), question, answer, tokens: Number(tokens) }],
    );
    return { turns, hasMore: turns.length < rows.length };
  }
}

/** As it was estimated when the message was stored; messages from before that are estimated now. */
const tokensOf = (alias: string): string =>
  `coalesce(${alias}.tokens, (octet_length(${alias}.content) + 3) / 4, 0)`;
