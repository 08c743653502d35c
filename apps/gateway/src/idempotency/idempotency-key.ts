import { createHash } from 'node:crypto';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Once } from '@bulkhead/persistence';
import type { FastifyRequest } from 'fastify';
import { InvalidRequestError } from '../validation/request.errors.ts';

export const IDEMPOTENCY_KEY = 'idempotency-key';
/** As it is, or as a structured field's string, without its quotes. */
const form = /^(?:"([\x21\x23-\x5b\x5d-\x7e]{1,200})"|([\x21\x23-\x7e]{1,200}))$/;

/**
 * The request's `Idempotency-Key`, with a fingerprint of what is asked for; undefined without one.
 * Source: draft-ietf-httpapi-idempotency-key-header-07, section 2.
 */
export const IdempotencyKey = createParamDecorator((_: unknown, execution: ExecutionContext) =>
  onceOfRequest(execution.switchToHttp().getRequest<FastifyRequest>()),
);

/** Documents the header. */
export const ApiIdempotent = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Your own name for this request, up to 200 visible ASCII characters. Sending it again within 24 hours has no second effect and the same answer; another request under it is refused (422).',
      schema: {
        type: 'string',
        minLength: 1,
        maxLength: 202,
        pattern: form.source,
        example: '8e03978e-40d5-43dd-bc93-6894a57f9324',
      },
    }),
  );

/** @throws InvalidRequestError */
export function onceOfRequest({
  headers,
  method,
  url,
  body,
}: Pick<FastifyRequest, 'headers' | 'method' | 'url' | 'body'>): Once | undefined {
  const header = headers[IDEMPOTENCY_KEY];
  if (header === undefined) return undefined;
  const [, quoted, bare] = (typeof header === 'string' && form.exec(header)) || [];
  const key = quoted ?? bare;
  if (key === undefined) {
    throw new InvalidRequestError(
      IDEMPOTENCY_KEY,
      `${IDEMPOTENCY_KEY} must be 1 to 200 visible ASCII characters`,
    );
  }
  return { key, fingerprint: fingerprintOf([method, url, body ?? null]) };
}

/** Of a frame: the event and all of it but the key. */
export const onceOfFrame = (key: string | undefined, event: string, payload: object): Once | undefined =>
  key === undefined ? undefined : { key, fingerprint: fingerprintOf([event, payload]) };

const fingerprintOf = (request: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(request)).digest('base64url');
