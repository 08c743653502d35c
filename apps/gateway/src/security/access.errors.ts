import { AppError } from '@bulkhead/errors';

/** The user is known, and may not do this. Names what is missing, which is no secret: the API document does too. */
export class PermissionRequiredError extends AppError {
  readonly code = 'forbidden';
  readonly kind = 'forbidden';

  constructor(permission: string) {
    super(`This needs the permission ${permission}. Ask an administrator, or use a credential that has it.`);
  }
}
