import { AppError, toProblemDetails } from '@bulkhead/errors';
import { RunTimeoutError, UnknownAgentError } from '../execution.errors.ts';
import { reviveError, toStoredError, type StoredFailure } from './stored-error.ts';

const throughStorage = (error: unknown): Error =>
  reviveError(JSON.parse(JSON.stringify(toStoredError(error))) as StoredFailure);

describe('an error that was stored', () => {
  it.each([new RunTimeoutError(60_000), new UnknownAgentError()])(
    'says the same to a caller when it is read back (%#)',
    (error) => {
      const revived = throughStorage(error);
      expect(revived).toBeInstanceOf(AppError);
      expect(toProblemDetails(revived)).toEqual(toProblemDetails(error));
      expect(revived).toMatchObject({ code: error.code, kind: error.kind, details: error.details });
    },
  );

  it.each([[new TypeError('x')], [Object.assign(new Error('x'), { code: 'E1' })], ['x']])(
    'tells a caller nothing when it was none of ours (%#)',
    (error) => {
      const revived = throughStorage(error);
      expect(revived).not.toBeInstanceOf(AppError);
      expect([revived.message, toProblemDetails(revived)]).toEqual(['x', toProblemDetails(new Error('x'))]);
    },
  );
});
