import { randomInt } from 'node:crypto';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { anMcpServer } from './answers.ts';
import { titleOf } from './child-processes.ts';

/** Its process id is 1 where it sees it: the title is how specs find it from outside. */
const id = String(randomInt(1_000_000_000, 9_000_000_000));
process.title = titleOf(id);
await anMcpServer(id).connect(new StdioServerTransport());
