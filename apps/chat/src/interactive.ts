import { createInterface, type Interface } from 'node:readline/promises';
import type { BulkheadClient } from '@bulkhead/client';
import { Conversation, type ConversationOptions } from './conversation.ts';
import { explain } from './explanation.ts';
import type { Terminal } from './terminal.ts';

const help = `/new   begin a new thread
/help  show this
/quit  end the chat
Ctrl-C stops a running answer; without one it ends the chat.`;

/** Reads questions and shows answers until the user has enough. @returns the exit code */
export async function chat(
  client: BulkheadClient,
  terminal: Terminal,
  options: ConversationOptions,
): Promise<number> {
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: 'you> ' });
  // Made before the first wait: lines that come earlier would be lost.
  const input: AsyncIterator<string, undefined> = lines[Symbol.asyncIterator]();
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
      const { done, value } = await input.next();
      const text = done ? '/quit' : value.trim();
      if (text === '/quit') return 0;
      if (text === '/help') terminal.line([help]);
      else if (text === '/new') {
        await conversation.close();
        conversation = await Conversation.open(client, options);
        terminal.line(['A new thread.', 'dim']);
      } else if (text !== '') await ask(conversation, text, options.notices);
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
