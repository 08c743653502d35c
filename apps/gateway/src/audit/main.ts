import 'reflect-metadata';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule, AuditReader, AuditVerifier } from '@bulkhead/audit';
import { AppError } from '@bulkhead/errors';
import { embeddedUrl } from '@bulkhead/persistence';
import { ConfigurationModule } from '../config/configuration.module.ts';
import { loadConfig, type GatewayConfig } from '../config/gateway.config.ts';
import { toLines } from './json-lines.ts';

const usage = `npm run audit -- verify | export [--user ID]

  verify   reads the whole audit log; names every row that is not as the server wrote it; exit code 1 if there is one
  export   writes the log to the standard output, one JSON object per line
`;

/** The log of the configured database, also while servers use it. */
async function open(config: GatewayConfig) {
  const running = config.DATABASE_URL ?? (await embeddedUrl(config.DATA_DIR));
  const settings = Object.freeze({ ...config, ...(running !== undefined && { DATABASE_URL: running }) });

  @Module({ imports: [ConfigurationModule.forRoot(settings), AuditModule] })
  class AuditCommand {}

  return NestFactory.createApplicationContext(AuditCommand, { logger: ['error'], abortOnError: false });
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { user: { type: 'string' } },
  });
  const [command] = positionals;
  if (command !== 'verify' && command !== 'export') {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  const app = await open(loadConfig());
  try {
    if (command === 'verify') await verify(app.get(AuditVerifier));
    else await write(toLines(app.get(AuditReader).everything(values.user)));
  } finally {
    await app.close();
  }
}

async function verify(verifier: AuditVerifier): Promise<void> {
  const { rows, chains, seals, findings } = await verifier.verify();
  for (const { text } of findings) process.stdout.write(`${text}\n`);
  const verdict = findings.length === 0 ? 'as the server wrote it' : `${findings.length} findings`;
  process.stdout.write(`${rows} rows in ${chains} chains under ${seals} seals: ${verdict}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}

async function write(lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) if (!process.stdout.write(line)) await once(process.stdout, 'drain');
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof AppError ? error.message : String((error as Error).stack ?? error)}\n`,
  );
  process.exitCode = 2;
});
