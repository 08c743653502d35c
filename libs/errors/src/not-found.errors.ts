import { AppError } from './app-error.ts';

/**
 * The resource does not exist for this user. Foreign and absent resources are
 * the same to the caller, so the message names neither an id nor an owner.
 */
export class ResourceNotFoundError extends AppError {
  readonly code = 'not_found';
  readonly kind = 'not_found';

  constructor(
    readonly resource:
      | 'thread'
      | 'run'
      | 'message'
      | 'approval'
      | 'agent'
      | 'table'
      | 'route'
      | 'session'
      | 'user'
      | 'API key'
      | 'tool result'
      | 'flag',
  ) {
    super(`There is no such ${resource}. Check the id, or list what you have.`);
  }
}
