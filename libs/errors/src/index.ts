export { AppError, type AppErrorOptions, type ErrorDetails, type ErrorKind } from './app-error.ts';
export { ResourceNotFoundError } from './not-found.errors.ts';
export { toProblemDetails, type ProblemDetails } from './problem-details.ts';
