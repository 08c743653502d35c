import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { InvalidRequestError, type FieldError } from './request.errors.ts';
import { refuseHostileJson } from './untrusted-json.ts';

const MAX_FIELD_LENGTH = 100;
/** Fields that one answer names. */
const MAX_FIELD_ERRORS = 20;

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
      validationError: { target: false, value: true },
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
  const [first = { field: 'body', rule: 'the request is not valid' }, ...others] = fieldErrorsIn(errors);
  return new InvalidRequestError(first.field, first.rule, others);
}

/** Each field that breaks a rule, with one rule of it, in the order of the DTO. */
function fieldErrorsIn(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors
    .flatMap((error) => {
      const path = parent === '' ? error.property : `${parent}.${error.property}`;
      const own = Object.values(error.constraints ?? {});
      // A rule about what is missing would speak of a length or a type that nothing has.
      const rule =
        error.value === undefined && own.length > 0 && !isUnknown(error) ? `${path} is required` : own[0];
      return [
        ...(rule === undefined ? [] : [{ field: printable(path), rule: printable(rule) }]),
        ...fieldErrorsIn(error.children ?? [], path),
      ];
    })
    .slice(0, MAX_FIELD_ERRORS);
}

const isUnknown = ({ constraints = {} }: ValidationError): boolean => 'whitelistValidation' in constraints;

const printable = (text: string): string => text.slice(0, MAX_FIELD_LENGTH).replace(/\p{C}/gu, '');
