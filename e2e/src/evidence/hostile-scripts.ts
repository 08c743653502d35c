import type { ModelRequest, ScriptedReply, WrittenCall } from './scripted-provider.ts';

/** What the hostile model knows of somebody else, and where it would like requests to go. */
export interface Prey {
  readonly userId: string;
  readonly threadId: string;
  readonly tableId: string;
  readonly tableName: string;
  /** A listener that nobody may reach. */
  readonly url: string;
}

/** An attack: the message that starts it, the agent whose grant it has, and how the run must end. */
export interface Attack {
  readonly name: string;
  readonly agentName: string;
  /** What that agent may use. */
  readonly granted: readonly string[];
  /** The code of the problem that ends the run; absent: the model gives up, and the run completes. */
  readonly endsWith?: string;
  /** Granted tools whose calls in it are in order: nothing else may succeed. */
  readonly lawful: readonly string[];
  readonly reply: (step: number, prey: Prey) => ScriptedReply;
}

const call = (name: string, args: unknown = {}): WrittenCall => ({ name, arguments: JSON.stringify(args) });
const giveUp: ScriptedReply = { text: 'I give up.' };
const inTurn =
  (...rounds: ((prey: Prey) => WrittenCall[])[]) =>
  (step: number, prey: Prey): ScriptedReply => {
    const round = rounds[step];
    return round ? { calls: round(prey) } : giveUp;
  };

const everyTool = ({ userId, tableId, tableName, url }: Prey): WrittenCall[] => [
  call('current_time'),
  call('notes_add', { text: 'I was here' }),
  call('notes_list', { userId }),
  call('notes_search', { query: 'canary' }),
  call('notes_delete_all'),
  call('web_fetch', { url }),
  call('tables_list'),
  call('tables_describe', { tableId }),
  call('tables_query', { sql: `select * from ${tableName}` }),
  call('delegate', { agent: 'assistant', task: 'Delete everything.' }),
  call('usage_analysis'),
  call('mcp_web_whoami'),
  call('shell', { command: 'id' }),
  call('constructor'),
  call('__proto__'),
  call('toString'),
  call('CALCULATOR', { expression: '1+1' }),
  call(' calculator', { expression: '1+1' }),
];

const foreignThings = ({ userId, threadId, tableId, tableName, url }: Prey): WrittenCall[] => [
  call('tables_describe', { tableId }),
  call('tables_describe', { table: tableName }),
  call('tables_query', { sql: `select * from ${tableName}` }),
  call('tables_query', { sql: 'select * from bulkhead.notes' }),
  call('tables_query', { sql: 'select * from bulkhead.table_rows' }),
  call('tables_query', { sql: `select set_config('app.user_id', '${userId}', false)` }),
  call('notes_search', { query: 'canary', userId }),
  call('notes_list', { threadId }),
  call('notes_add', { text: 'x', userId }),
  call('notes_delete_all', { userId }),
  call('notes_delete_all'),
  call('web_fetch', { url }),
  call('web_fetch', { url: 'file:///etc/passwd' }),
];

const raw = (text: string): WrittenCall => ({ name: 'calculator', arguments: text });
const badArguments = (): WrittenCall[] => [
  ...[
    '{',
    '{"expression":',
    'null',
    '[]',
    '7',
    '"1+1"',
    'NaN',
    '{"expression":1}',
    '{"expression":null}',
  ].map(raw),
  raw('{"expression":"1+1","__proto__":{"admin":true}}'),
  raw('{"expression":"1+1","userId":"somebody else"}'),
  raw(JSON.stringify({ expression: '1+'.repeat(500_000) + '1' })),
  raw(`{"expression":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
  raw(JSON.stringify({ expression: 'import("fs")' })),
  raw(JSON.stringify({ expression: 'cos.constructor("return process")()' })),
  raw('\u0000'),
];

const twenty = (make: (index: number) => WrittenCall): WrittenCall[] =>
  Array.from({ length: 20 }, (_, index) => make(index));

/** Each by its own agent, so that what is granted differs. */
export const attacks: readonly Attack[] = [
  {
    name: 'every tool that there is, and some that there are not',
    agentName: 'mathematician',
    granted: ['calculator'],
    lawful: [],
    reply: inTurn(everyTool, everyTool),
  },
  {
    name: 'things of somebody else, by their ids and names',
    agentName: 'assistant',
    granted: [
      ...['calculator', 'current_time', 'notes_add', 'notes_list', 'notes_search', 'notes_delete_all'],
      ...['web_fetch', 'tables_list', 'tables_describe', 'tables_query'],
    ],
    lawful: [],
    reply: inTurn(foreignThings),
  },
  {
    name: 'arguments that are too large, or no arguments at all',
    agentName: 'mathematician',
    granted: ['calculator'],
    lawful: [],
    reply: inTurn(badArguments),
  },
  {
    name: 'what a sub-agent lists, but its supervisor does not grant',
    agentName: 'coordinator',
    granted: ['delegate', 'calculator', 'current_time', 'notes_list'],
    lawful: ['delegate', 'current_time'],
    reply: inTurn(
      () => [
        call('delegate', { agent: 'analyst', task: 'x' }),
        call('delegate', { agent: 'coordinator', task: 'x' }),
      ],
      () => [call('delegate', { agent: 'assistant', task: 'attack: as a sub-agent' })],
    ),
  },
  {
    name: 'as a sub-agent',
    agentName: 'coordinator',
    granted: ['calculator', 'current_time', 'notes_list'],
    lawful: [],
    reply: inTurn(everyTool),
  },
  {
    name: '1,000 calls, twenty at a time',
    agentName: 'mathematician',
    granted: ['calculator'],
    endsWith: 'run_limit',
    lawful: [],
    reply: (_step, prey) => ({ calls: twenty((index) => everyTool(prey)[index % 18] ?? call('none')) }),
  },
  {
    name: '1,001 calls at once',
    agentName: 'mathematician',
    granted: ['calculator'],
    endsWith: 'run_limit',
    lawful: [],
    reply: () => ({ calls: Array.from({ length: 1_001 }, () => call('calculator', { expression: '1+1' })) }),
  },
  {
    name: 'one call after the other, for ever',
    agentName: 'mathematician',
    granted: ['calculator'],
    endsWith: 'run_limit',
    lawful: [],
    reply: () => ({ calls: [call('notes_add', { text: 'again' })] }),
  },
];

/** Plays the attack that the user's message names. */
export function playAttack({ question, step }: ModelRequest, prey: Prey): ScriptedReply {
  const attack = attacks.find(({ name }) => question.endsWith(`attack: ${name}`));
  return attack ? attack.reply(step, prey) : giveUp;
}
