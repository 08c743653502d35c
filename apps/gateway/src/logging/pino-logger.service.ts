import type { LoggerService } from '@nestjs/common';
import { pino, type Level, type Logger } from 'pino';

type Rest = readonly unknown[];

/** Nest tells of every route and module it sets up: worth reading when debugging only. */
const routine = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'WebSocketsController',
  'NestApplication',
]);

/** Nest's log through pino: JSON lines, or readable ones on a terminal. */
export class PinoLogger implements LoggerService {
  readonly #pino: Logger;

  constructor(level: string, isTerminal: boolean) {
    this.#pino = pino({
      level,
      redact: ['*.password', '*.token', '*.accessToken', '*.refreshToken', '*.authorization'],
      ...(isTerminal && {
        transport: {
          target: 'pino-pretty',
          options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l' },
        },
      }),
    });
  }

  log(message: unknown, ...rest: Rest): void {
    this.#write(routine.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: Rest): void {
    this.#write('error', message, rest);
  }

  fatal(message: unknown, ...rest: Rest): void {
    this.#write('fatal', message, rest);
  }

  warn(message: unknown, ...rest: Rest): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: Rest): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: Rest): void {
    this.#write('trace', message, rest);
  }

  /** Nest passes the logger's name last; an error may come as the message itself or as a stack before it. */
  #write(level: Level, message: unknown, rest: Rest): void {
    const name = rest.at(-1);
    const fields = typeof name === 'string' ? { name } : {};
    if (message instanceof Error) this.#pino[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'object' && message !== null) this.#pino[level]({ ...fields, ...message });
    else this.#pino[level](fields, `${message as string}`);
  }
}
