import process from 'node:process';
import { readOptions, usage } from './chat-options.ts';
import { credentialsFor } from './chat-profile.ts';
import { EventPrinter } from './event-printer.ts';
import { adviceFor, explain } from './explanation.ts';
import { chat } from './interactive.ts';
import { askOnce } from './once.ts';
import { signUpOrIn } from './sign-in.ts';
import { Terminal } from './terminal.ts';

const terminal = new Terminal(process.stdout, process.env);
const notices = new Terminal(process.stderr, process.env);

async function main(): Promise<number> {
  const { url, profileFile, once, help, ...given } = readOptions(process.argv.slice(2), process.env);
  if (help) {
    terminal.text(usage);
    return 0;
  }
  const client = await signUpOrIn(url, given.credentials ?? (await credentialsFor(profileFile, url)));
  const printer = new EventPrinter(terminal, { answerAtEnd: once !== undefined });
  const options = {
    printer,
    notices,
    ...(given.agentName !== undefined && { agentName: given.agentName }),
  };
  return once === undefined ? chat(client, terminal, options) : askOnce(client, once, options);
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    const advice = adviceFor(error);
    notices.line([explain(error), 'red'], ...(advice === undefined ? [] : [[advice] as const]));
    process.exitCode = 1;
  },
);
