import { ResourceNotFoundError } from '@bulkhead/errors';
import { DatabaseUnavailableError } from '@bulkhead/persistence';
import { ContextIsolationError } from '@bulkhead/user-context';
import { logProblem } from './problem-log.ts';

/** What is written of an error: level and content. */
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

  it('has nothing of a refusal', () => {
    expect(written(new ResourceNotFoundError('thread'))).toEqual([]);
  });
});
