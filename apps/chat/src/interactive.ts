import { createInterface, type Interface } from 'node:readline/promises';
import type { BulkheadClient } from '@bulkhead/client';
import { ApprovalQuestions } from './approval-questions.ts';
import { Conversation, type ConversationOptions } from './conversation.ts';
import { explain } from './explanation.ts';
import type { Terminal } from './terminal.ts';
import { TypedLines } from './typed-lines.ts';

const help = `/new   begin a new thread
/help  show this
/quit  end the chat
A call that needs your approval is shown: answer y or n.
Ctrl-C stops a running answer; without one it ends the chat.`;

/** Reads questions and shows answers until the user has enough. @returns the exit code */
export async function chat(
  client: BulkheadClient,
  terminal: Terminal,
  given: ConversationOptions,
): Promise<number> {
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: 'you> ' });
  // Made before the first wait: lines that come earlier would be lost.
  const input = new TypedLines(lines[Symbol.asyncIterator]());
  const questions = new ApprovalQuestions(client, input, terminal, () => void conversation.close());
  const options = { ...given, onEvent: questions.see.bind(questions) };
  let conversation = await Conversation.open(client, options);
  const interrupt = (): void => {
    conversation.cancel().then(
      (wasRunning) => wasRunning || lines.close(),
      () => lines.close(),
    );
  };
  lines.on('SIGINT', interrupt);
  process.on('SIGINT', interrupt);
  terminal.line([`Signed in as ${client.user.email}. /help lists the commands.`, 'dim']);
  try {
    for (prompt(lines); ; prompt(lines)) {
      const text = (await input.read()) ?? '/quit';
      if (text === '/quit') return 0;
      if (text === '/help') terminal.line([help]);
      else if (text === '/new') {
        await conversation.close();
        conversation = await Conversation.open(client, options);
        terminal.line(['A new thread.', 'dim']);
      } else if (text !== '') {
        await ask(conversation, text, options.notices);
        await questions.end();
      }
      if (!conversation.isOpen) return 1;
    }
  } finally {
    process.off('SIGINT', interrupt);
    lines.close();
    await conversation.close();
  }
}

function prompt(lines: Interface): void {
  if (process.stdin.isTTY) lines.prompt();
}

/** A question that fails does not end the chat. */
async function ask(conversation: Conversation, text: string, notices: Terminal): Promise<void> {
  try {
    await conversation.ask(text);
  } catch (error) {
    notices.line([explain(error), 'red']);
  }
}
