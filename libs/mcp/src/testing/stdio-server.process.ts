import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { anMcpServer } from './answers.ts';

await anMcpServer(String(process.pid)).connect(new StdioServerTransport());
