import { ResourceNotFoundError } from '@bulkhead/errors';
import { DatabaseUnavailableError } from '@bulkhead/persistence';
import { ContextIsolationError } from '@bulkhead/user-context';
import { PinoLogger } from '../observability/logging/pino-logger.service.ts';
import { logProblem } from './problem-log.ts';

const aFailure = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/** The log line of an error: level and content. */
function written(error: unknown): [level: string, line: unknown][] {
  const lines: [string, unknown][] = [];
  const logger = {
    error: (line: unknown) => lines.push(['error', line]),
    warn: (line: unknown) => lines.push(['warn', line]),
  };
  logProblem(logger, error, 'request-1');
  return lines;
}

describe('what the log says of a problem', () => {
  it.each([new Error('a defect'), new ContextIsolationError('a violation')])('has all of %p', (err) => {
    expect(written(err)).toEqual([['error', { requestId: 'request-1', err }]]);
  });

  it('has in one line why something is away', () => {
    const error = new DatabaseUnavailableError(new Error('connect ECONNREFUSED'));
    expect(written(error)).toEqual([
      ['warn', { requestId: 'request-1', code: 'database_unavailable', why: 'connect ECONNREFUSED' }],
    ]);
  });

  it.each([
    [
      aFailure('53300', 'sorry, too many clients already'),
      '53300 insufficient resources: sorry, too many clients already',
    ],
    [
      aFailure('25006', 'cannot execute INSERT in a read-only transaction'),
      '25006 invalid transaction state: cannot execute INSERT in a read-only transaction',
    ],
    [aFailure('22P02', 'invalid input syntax: "what Ada said"'), '22P02 data exception'],
    [aFailure('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.7:5432'), 'Error ECONNREFUSED'],
    [new TypeError('fetch failed', { cause: aFailure('ENOTFOUND', 'getaddrinfo') }), 'Error ENOTFOUND'],
    [new TypeError('what Ada said'), 'TypeError'],
    [new Error('There was no connection in time.'), 'There was no connection in time.'],
  ])('has the code of %s and its meaning, through the real logger', (cause, why) => {
    const lines: Record<string, unknown>[] = [];
    const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
    logProblem(
      new PinoLogger({ level: 'info', destination: { write } }),
      new DatabaseUnavailableError(cause),
      'r',
    );
    expect(lines).toEqual([expect.objectContaining({ requestId: 'r', code: 'database_unavailable', why })]);
    expect(JSON.stringify(lines)).not.toContain('Ada');
  });

  it('has nothing of a refusal', () => {
    expect(written(new ResourceNotFoundError('thread'))).toEqual([]);
  });
});
