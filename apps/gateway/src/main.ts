import process from 'node:process';
import { stopOnSignals } from './boot/stop-signals.ts';
import { startFailure } from './boot/start-failure.ts';
import { NodeLifecycle } from './lifecycle/node-lifecycle.service.ts';
import { loadConfig } from './config/gateway.config.ts';
import { PinoLogger } from './observability/logging/pino-logger.service.ts';
import { createServer } from './server.ts';

const refuseStart = (text: string): void => {
  process.stderr.write(`${text}\n`);
  process.exit(1);
};

async function main(): Promise<void> {
  const config = loadConfig();
  const { LOG_LEVEL: level, LOG_LEVELS: levels } = config;
  const logger = new PinoLogger({ level, levels, isTerminal: process.stdout.isTTY });
  const app = await createServer(config, logger);
  stopOnSignals(process, {
    begin: () => app.get(NodeLifecycle).beginStop(),
    delayMs: config.SHUTDOWN_DELAY_SECONDS * 1000,
    close: () => app.close(),
    exit: (code) => process.exit(code),
  });
  await app
    .listen(config.PORT, config.HOST)
    .catch((error: unknown) => refuseStart(startFailure(error, config)));
  process.stdout.write(`Bulkhead is ready at ${await app.getUrl()}\n`);
}

// Refused on purpose, or a defect: before the configuration is read there is no address to name.
main().catch((error: unknown) => refuseStart(startFailure(error, { HOST: '', PORT: 0 })));
