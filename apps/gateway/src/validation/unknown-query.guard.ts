import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import { InvalidRequestError } from './request.errors.ts';

const MAX_NAME_LENGTH = 100;

/**
 * Refuses query parameters on routes that have none: a route that reads its query refuses unknown ones by its DTO. A
 * parameter that is ignored in silence is a wish that is not granted.
 */
@Injectable()
export class UnknownQueryGuard implements CanActivate {
  readonly #readers = new WeakMap<object, boolean>();

  /** @throws InvalidRequestError */
  canActivate(execution: ExecutionContext): boolean {
    if (execution.getType() !== 'http') return true;
    const { query } = execution.switchToHttp().getRequest<FastifyRequest>();
    const [name] = Object.keys(Object(query) as object);
    if (name === undefined || this.#readsQuery(execution)) return true;
    const shown = name.slice(0, MAX_NAME_LENGTH).replace(/\p{C}/gu, '');
    throw new InvalidRequestError(shown, `this route has no query parameter ${shown}`);
  }

  #readsQuery(execution: ExecutionContext): boolean {
    const handler = execution.getHandler();
    const known = this.#readers.get(handler);
    if (known !== undefined) return known;
    const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, execution.getClass(), handler.name) as
      Readonly<Record<string, unknown>> | undefined;
    // Keys are the kind of a parameter and its place, such as `4:0`.
    const kinds = Object.keys(parameters ?? {}).map((key) => Number(key.split(':')[0]));
    const reads = kinds.includes(RouteParamtypes.QUERY);
    this.#readers.set(handler, reads);
    return reads;
  }
}
