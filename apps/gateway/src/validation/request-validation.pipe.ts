import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { InvalidRequestError } from '../problem/request.errors.ts';
import { refuseHostileJson } from './untrusted-json.ts';

const MAX_FIELD_LENGTH = 100;

/** Validates bodies, queries, paths and frames against their DTO; what the DTO does not know is refused. */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      stopAtFirstError: true,
      validationError: { target: false, value: false },
      exceptionFactory: refusal,
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // Nest also runs pipes on custom parameters such as the socket itself.
    if (metadata.type === 'custom') return value;
    if (metadata.type === 'body') {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw new InvalidRequestError('body', 'the body must be a JSON object');
      }
      refuseHostileJson(value);
    }
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

function refusal(errors: ValidationError[]): InvalidRequestError {
  const path: string[] = [];
  let error = errors[0];
  for (; error; error = error.children?.[0]) {
    path.push(error.property);
    const [rule] = Object.values(error.constraints ?? {});
    if (rule) return new InvalidRequestError(printable(path.join('.')), printable(rule));
  }
  return new InvalidRequestError('body', 'the request is not valid');
}

const printable = (text: string): string => text.slice(0, MAX_FIELD_LENGTH).replace(/\p{C}/gu, '');
