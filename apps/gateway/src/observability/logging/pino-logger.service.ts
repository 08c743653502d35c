import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Level, type Logger } from 'pino';
import { writable, writableText } from './log-fields.ts';

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

export interface LogOptions {
  /** Of modules that have no level of their own. */
  readonly level: string;
  /** Levels of single modules, by the names in their lines: `Steps=debug,Requests=warn`. */
  readonly levels?: string;
  /** Writes for people instead of programs. */
  readonly isTerminal?: boolean;
  /** Where lines go; absent: the standard output. */
  readonly destination?: DestinationStream;
}

/** Nest's log through pino: JSON lines, or readable ones on a terminal. What a line may say is in log-fields.ts. */
export class PinoLogger implements LoggerService {
  readonly #pino: Logger;
  readonly #threshold: number;
  readonly #thresholds: ReadonlyMap<unknown, number>;

  constructor({ level, levels = '', isTerminal = false, destination }: LogOptions) {
    this.#threshold = valueOf(level);
    this.#thresholds = new Map(
      levels
        .split(',')
        .map((each) => each.split('='))
        .map(([name, own = level]) => [name, valueOf(own)]),
    );
    // An error is written by our own schema: pino would add whatever it carries.
    const options = { level: 'trace', serializers: { err: (written: unknown) => written } };
    const pretty = {
      target: 'pino-pretty',
      // A line is a line: one field each would push everything else off the screen.
      options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l', singleLine: true },
    };
    if (destination) this.#pino = pino(options, destination);
    else this.#pino = pino({ ...options, ...(isTerminal && { transport: pretty }) });
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

  /** Nest passes the logger's name last; an error may come as the message itself, and a text before the name. */
  #write(level: Level, message: unknown, rest: Rest): void {
    const name = rest.at(-1);
    // The program itself tells, once and in words, why a start failed.
    if (name === 'ExceptionHandler') return;
    if (valueOf(level) < (this.#thresholds.get(name) ?? this.#threshold)) return;
    const named = typeof name === 'string' ? { name } : {};
    if (typeof message !== 'object' || message === null) {
      this.#pino[level](named, writableText(String(message)));
      return;
    }
    const fields = message instanceof Error ? { err: message } : message;
    const [text] = rest.length > 1 ? rest : [];
    const line = { ...named, ...writable(fields as Record<string, unknown>) };
    if (typeof text === 'string') this.#pino[level](line, writableText(text));
    else this.#pino[level](line);
  }
}

const valueOf = (level: string): number => pino.levels.values[level] ?? Infinity;
