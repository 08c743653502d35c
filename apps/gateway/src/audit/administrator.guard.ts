import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AppError } from '@bulkhead/errors';
import type { UserRequest } from '../auth/authentication.guard.ts';

/** The user may not do this. */
class NotAdministratorError extends AppError {
  readonly code = 'forbidden';
  readonly kind = 'forbidden';

  constructor() {
    super('Only an administrator may do this.');
  }
}

/** Lets administrators through. */
@Injectable()
export class AdministratorGuard implements CanActivate {
  canActivate(execution: ExecutionContext): boolean {
    const { identity } = execution.switchToHttp().getRequest<UserRequest>();
    if (!identity.hasPermission('admin:read')) throw new NotAdministratorError();
    return true;
  }
}
