import process from 'node:process';
import { AppError } from '@bulkhead/errors';
import { loadConfig } from './config/gateway.config.ts';
import { PinoLogger } from './logging/pino-logger.service.ts';
import { createServer } from './server.ts';

async function main(): Promise<void> {
  const config = loadConfig();
  const { LOG_LEVEL: level, LOG_LEVELS: levels } = config;
  const logger = new PinoLogger({ level, levels, isTerminal: process.stdout.isTTY });
  const app = await createServer(config, logger);
  app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
  await app.listen(config.PORT, config.HOST);
  process.stdout.write(`Bulkhead is ready at ${await app.getUrl()}\n`);
}

main().catch((error: unknown) => {
  // What we refuse on purpose needs no stack to be understood.
  process.stderr.write(
    `${error instanceof AppError ? error.message : String((error as Error).stack ?? error)}\n`,
  );
  process.exit(1);
});
