import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Credentials } from '@bulkhead/client';

const DEFAULT_PORT = '3000';
const DEFAULT_URL = `http://127.0.0.1:${DEFAULT_PORT}`;

export const usage = `Usage: npm run chat -- [options]

  --url <url>            the server (${DEFAULT_URL}, or the port of PORT)
  --email <email>        an account: it is made when it does not exist yet
  --password <password>  its password, 10 characters or more
  --agent <name>         the agent to talk to (assistant)
  --once <question>      ask one question, print the answer, and end
  --help                 show this

Without --email the chat makes an account of its own, and keeps it in DATA_DIR (.data).
Set NO_COLOR to print without colours.
`;

export interface ChatOptions {
  readonly url: string;
  /** Absent: the account of the local profile. */
  readonly credentials?: Credentials;
  readonly profileFile: string;
  readonly agentName?: string;
  readonly once?: string;
  readonly help: boolean;
}

/** The command line can't be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ChatOptions {
  const ownUrl = `http://127.0.0.1:${environment['PORT'] || DEFAULT_PORT}`;
  const { url = ownUrl, email, password, agent, once, help = false } = parse(args);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError('--url must be an address such as http://127.0.0.1:3000.');
  }
  if ((email === undefined) !== (password === undefined)) {
    throw new UsageError('--email and --password go together: give both, or neither.');
  }
  if (once?.trim() === '') throw new UsageError('--once needs a question.');
  return {
    url: url.replace(/\/+$/, ''),
    ...(email !== undefined && password !== undefined && { credentials: { email, password } }),
    profileFile: join(environment['DATA_DIR'] || '.data', 'chat-profile.json'),
    ...(agent !== undefined && { agentName: agent }),
    ...(once !== undefined && { once }),
    help,
  };
}

interface Flags {
  readonly url?: string;
  readonly email?: string;
  readonly password?: string;
  readonly agent?: string;
  readonly once?: string;
  readonly help?: boolean;
}

function parse(args: readonly string[]): Flags {
  const text = { type: 'string' } as const;
  const options = { url: text, email: text, password: text, agent: text, once: text } as const;
  try {
    return parseArgs({ args: [...args], options: { ...options, help: { type: 'boolean', short: 'h' } } })
      .values;
  } catch (error) {
    throw new UsageError((error as Error).message.replace(/\.?$/, '.'));
  }
}
