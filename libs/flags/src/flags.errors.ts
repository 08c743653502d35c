import { AppError } from '@bulkhead/errors';

/** The flag has no such value. Nothing was changed. */
export class InvalidFlagValueError extends AppError {
  readonly code = 'invalid_flag_value';
  readonly kind = 'invalid';

  constructor(values: readonly string[]) {
    super(`The flag has no such value. Use one of: ${values.join(', ')}; or null for the default.`, {
      field: 'value',
    });
  }
}

/** The flag's last day has passed. Nothing was changed. */
export class FlagExpiredError extends AppError {
  readonly code = 'flag_expired';
  readonly kind = 'conflict';

  constructor(expires: string) {
    super(`The flag's last day was ${expires}: its default holds, and it can't be changed any more.`);
  }
}
