import 'reflect-metadata';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Global, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AUDIT_OPTIONS, AuditKeys, AuditModule, AuditReader, AuditVerifier } from '@bulkhead/audit';
import { AppError } from '@bulkhead/errors';
import { embeddedUrl, PERSISTENCE_OPTIONS } from '@bulkhead/persistence';
import { audit, persistence } from '../config/configuration.module.ts';
import { loadConfig, type GatewayConfig } from '../config/gateway.config.ts';
import { toLines } from './json-lines.ts';

const CONNECTIONS = 2;

const usage = `npm run audit -- verify | export [--user ID]

  verify   reads the whole audit log; names every row that is not as the server wrote it; exit code 1 if there is one
  export   writes the log to the standard output, one JSON object per line
`;

/** The log of the configured database, also while servers use it: nothing there is made, changed or started. */
async function open(config: GatewayConfig) {
  const running = config.DATABASE_URL ?? (await embeddedUrl(config.DATA_DIR));
  const database = { ...persistence(config), isReadOnly: true, poolSize: CONNECTIONS };
  const settings = [
    {
      provide: PERSISTENCE_OPTIONS,
      useValue: running === undefined ? database : { ...database, databaseUrl: running },
    },
    { provide: AUDIT_OPTIONS, useValue: audit(config) },
  ];

  @Global()
  @Module({ providers: settings, exports: settings })
  class AuditSettings {}

  @Module({ imports: [AuditSettings, AuditModule] })
  class AuditCommand {}

  return NestFactory.createApplicationContext(AuditCommand, { logger: false, abortOnError: false });
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
    if (command === 'verify') await verify(app);
    else await write(toLines(app.get(AuditReader).everything(values.user)));
  } finally {
    await app.close();
  }
}

async function verify(app: INestApplicationContext): Promise<void> {
  const { ids } = app.get(AuditKeys);
  const signedWith = await app.get(AuditReader).keyIds();
  const strange = signedWith.filter((id) => !ids.includes(id));
  process.stdout.write(`keys of this command: ${ids.join(', ')}\n`);
  if (strange.length > 0) {
    process.stdout.write(
      `The log is also signed with ${strange.join(', ')}, which these settings do not have: what they signed can't be verified. Set AUDIT_KEY and AUDIT_PREVIOUS_KEYS as on the servers, or their DATABASE_URL, whose password the key is made from without them.\n`,
    );
  }
  if (strange.length > 0 && strange.length === signedWith.length) {
    process.stdout.write('No key fits: nothing was verified.\n');
    process.exitCode = 2;
    return;
  }
  const { rows, chains, seals, findings } = await app.get(AuditVerifier).verify();
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
