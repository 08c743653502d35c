import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsUUID } from 'class-validator';

const fold = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? value.toLowerCase() : value;

/** An id of ours: a UUID, in one spelling from here on (RFC 9562, section 4). */
export const IsId = (): PropertyDecorator => applyDecorators(Transform(fold), IsUUID());
