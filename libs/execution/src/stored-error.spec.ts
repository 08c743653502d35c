import { AppError, toProblemDetails } from '@bulkhead/errors';
import { RunTimeoutError, UnknownAgentError } from './execution.errors.ts';
import { reviveError } from './stored-error.ts';

/** What storage keeps of an error: a plain one with its own fields. */
const storedForm = (error: Error): Error =>
  Object.assign(new Error(error.message), JSON.parse(JSON.stringify(error)) as object);

describe('an error that was stored', () => {
  it.each([new RunTimeoutError(60_000), new UnknownAgentError()])(
    'says the same to a caller when it is read back (%#)',
    (error) => {
      const revived = reviveError(storedForm(error));
      expect(revived).toBeInstanceOf(AppError);
      expect(toProblemDetails(revived)).toEqual(toProblemDetails(error));
      expect(revived).toMatchObject({ code: error.code, kind: error.kind, details: error.details });
    },
  );

  it('stays what it is when it is an AppError, or was none', () => {
    const errors = [
      new UnknownAgentError(),
      new TypeError('x'),
      Object.assign(new Error('x'), { code: 'E1' }),
    ];
    expect(errors.map(reviveError)).toEqual(errors);
    expect(reviveError('no error')).toBe('no error');
  });
});
