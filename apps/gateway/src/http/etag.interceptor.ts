import { createHash } from 'node:crypto';
import {
  applyDecorators,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';

/**
 * Names what a route answers by a weak entity tag, and answers 304 without a body to whoever has that already. The
 * route does all of its work before: who may not see a thing is told so, whatever tags are sent. Source: RFC 9110,
 * sections 8.8.3 and 13.1.2.
 */
@Injectable()
export class EntityTagInterceptor implements NestInterceptor<unknown, unknown> {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = execution.switchToHttp();
    const { headers } = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      map((body: unknown) => {
        const tag = entityTagOf(body);
        // One user's answer: kept by nobody in between, and by the client only to be asked about again.
        void reply.headers({ etag: tag, 'cache-control': 'private, no-cache' });
        if (!names(headers['if-none-match'], tag)) return body;
        void reply.status(304);
        return undefined;
      }),
    );
  }
}

/** For a route that answers with one thing, which clients ask for again and again. */
export const Revalidated = (): MethodDecorator =>
  applyDecorators(
    UseInterceptors(EntityTagInterceptor),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'The `ETag` of the answer that you have: while it is still the same, 304 is all you get.',
      schema: { type: 'string', example: 'W/"dGhlIHZlcnNpb24"' },
    }),
    ApiResponse({ status: 304, description: 'What you have is still the same.' }),
  );

const entityTagOf = (body: unknown): string =>
  `W/"${createHash('sha256').update(JSON.stringify(body)).digest('base64url')}"`;

const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');

/** Compared weakly. What is no list of tags names none of ours. */
const names = (condition: string | undefined, tag: string): boolean =>
  condition !== undefined &&
  condition.split(',').some((each) => each.trim() === '*' || opaque(each) === opaque(tag));
