import type { ThreadEvent } from '@bulkhead/client';
import { isWhole } from './answer-end.ts';
import { howToDecide } from './approval-questions.ts';
import { Conversation, type ConversationOptions, type ThreadOpener } from './conversation.ts';

/** Asks one question; what needs an approval waits for one that is given elsewhere. @returns the exit code: 0 when it was answered in full */
export async function askOnce(
  client: ThreadOpener,
  question: string,
  options: ConversationOptions,
): Promise<number> {
  const onEvent = (event: ThreadEvent): void => {
    if (event.type === 'approval_requested')
      options.notices.line([howToDecide(event.data), 'yellow'], ['Without --once the chat asks you.']);
  };
  const conversation = await Conversation.open(client, { ...options, onEvent });
  const interrupt = async (): Promise<void> => {
    if (!(await conversation.cancel())) await conversation.close();
  };
  const onInterrupt = (): void => void interrupt().catch(() => conversation.close());
  // Once: whoever presses Ctrl-C a second time does not want to wait.
  process.once('SIGINT', onInterrupt);
  try {
    const end = await conversation.ask(question);
    return end?.type === 'agent_completed' && isWhole(end.data) ? 0 : 1;
  } finally {
    process.off('SIGINT', onInterrupt);
    await conversation.close();
  }
}
