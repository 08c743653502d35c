import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiResponse, getSchemaPath, ApiExtraModels } from '@nestjs/swagger';
import type { ProblemDetails } from '@bulkhead/errors';

/** Problem details, RFC 9457. */
export class ProblemDto implements ProblemDetails {
  @ApiProperty({ example: '/problems/not_found' })
  readonly type!: string;

  @ApiProperty({ example: 'Not found' })
  readonly title!: string;

  @ApiProperty({ example: 404 })
  readonly status!: number;

  @ApiProperty({ example: 'not_found', description: 'Stable; switch on this.' })
  readonly code!: string;

  @ApiProperty({ example: 'There is no such thread. Check the id, or list what you have.' })
  readonly detail!: string;

  @ApiProperty({ required: false, description: 'Path of the offending input.' })
  readonly field?: string;

  @ApiProperty({ required: false, description: 'Whole seconds to wait before trying again.' })
  readonly retryAfterSeconds?: number;

  @ApiProperty({ required: false, format: 'date-time', description: 'When the limit begins anew.' })
  readonly resetsAt?: string;

  @ApiProperty({ format: 'uuid', description: 'Name it when you ask for help.' })
  readonly requestId!: string;
}

const titles: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'Sign in first',
  403: 'Not allowed',
  404: 'Foreign and absent resources answer alike',
  406: 'There is no answer of a type that is accepted',
  409: 'Conflicts with the current state',
  413: 'The body is too large',
  415: 'The body is of another type',
  422: 'The idempotency key was used for another request',
  429: 'More was asked for than one may',
  500: 'Something went wrong here; nothing is known about what was done',
  503: 'Temporarily unavailable: try again',
};

/** The description of an answer with a problem. */
export const problemResponse = (status: number) => ({
  description: titles[status] ?? '',
  content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } },
});

/** Documents the problems a route answers with. */
export const ApiProblems = (...statuses: number[]): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(ProblemDto),
    ...statuses.map((status) => ApiResponse({ status, ...problemResponse(status) })),
  );
