import { Inject, Injectable, Scope } from '@nestjs/common';
import { NO_ANSWER, type ChatMessage } from '@bulkhead/models';
import { EXECUTION_OPTIONS, type ExecutionOptions } from '../execution.options.ts';
import { ThreadSummaries, type ThreadSummary } from './thread-summaries.service.ts';
import { ThreadTurns, type ThreadTurn } from './thread-turns.service.ts';

/** What was said in the thread up to the message that the context's run answers, as far as an agent can be told. */
@Injectable({ scope: Scope.REQUEST })
export class RunConversation {
  constructor(
    private readonly turns: ThreadTurns,
    private readonly summaries: ThreadSummaries,
    @Inject(EXECUTION_OPTIONS) private readonly options: Pick<ExecutionOptions, 'contextTokens'>,
  ) {}

  /** What is stored of it. Needs no more than the run's place: it may be asked for side by side with its begin. */
  async read(): Promise<StoredConversation> {
    const former = await this.summaries.find();
    const newest = await this.turns.newest({
      after: former?.coversSeq ?? -1,
      upTo: 'own message',
      maxTokens: this.options.contextTokens,
    });
    return { former, ...newest };
  }

  /**
   * The thread's newest turns that fit, oldest first, and the run's own message, which is always there. Each answer
   * follows its question, also where the next question was asked before it was there; a question that was never
   * answered has a few words in the answer's place, because many models take no two questions in a row. What is older is told as a
   * summary where those are configured.
   * @throws DatabaseUnavailableError, or the signal's reason
   */
  async tell(
    { former, turns, hasMore }: StoredConversation,
    agentName: string,
    signal: AbortSignal,
  ): Promise<ChatMessage[]> {
    const summary = hasMore ? await this.summaries.extend(former, turns, agentName, signal) : former;
    const told = turns.filter(({ seq }) => seq > (summary?.coversSeq ?? -1));
    const oldestFirst = told.reverse();
    return [
      ...(summary ? [toldAs(summary)] : []),
      ...oldestFirst.flatMap((turn, index) => messagesOf(turn, index === oldestFirst.length - 1)),
    ];
  }
}

/** The newest turns that fit, newest first, and the summary of what came before when they were summarised last. */
export interface StoredConversation {
  readonly former: ThreadSummary | undefined;
  readonly turns: readonly ThreadTurn[];
  /** There are older turns that are in no summary. */
  readonly hasMore: boolean;
}

const messagesOf = ({ question, answer }: ThreadTurn, isOwn: boolean): ChatMessage[] => [
  { role: 'user', text: question },
  ...(isOwn
    ? []
    : [{ role: 'assistant' as const, text: answer?.trim() ? answer : NO_ANSWER, toolCalls: [] }]),
];

const toldAs = ({ text }: ThreadSummary): ChatMessage => ({
  role: 'user',
  text: `[What was said before, as a model summarised it]\n${text}`,
});
