import { AppError } from '@bulkhead/errors';

/** An address has as many connections open as one may. */
export class AddressConnectionsError extends AppError {
  readonly code = 'too_many_connections';
  readonly kind = 'limit_exceeded';

  constructor(limit: number) {
    super(`This address has ${limit} connections open, as many as one may. Close one first.`, { limit });
  }
}
