import { Buffer } from 'node:buffer';
import { ApiPropertyOptional } from '@nestjs/swagger';
import type { PageKey } from '@bulkhead/events';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, isUUID, Max, MaxLength, Min } from 'class-validator';
import { InvalidRequestError } from './request.errors.ts';

const MAX_PAGE = 200;

/** A page of a list, newest first. */
export class PageQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: MAX_PAGE, default: 50 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  readonly limit: number = 50;

  @ApiPropertyOptional({ description: 'The `nextCursor` of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  readonly cursor?: string;
}

/** A page of a thread or run, from a sequence on. */
export class SequenceQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: MAX_PAGE, default: MAX_PAGE })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  readonly limit: number = MAX_PAGE;

  @ApiPropertyOptional({ minimum: 0, default: 0, description: 'Only what has a greater sequence.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  readonly after: number = 0;
}

/** One page, with the cursor of the next when there is one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

/** Cuts a list that was read with one item too many, and says where the next page begins. */
export function toPage<Item extends { readonly createdAt: string }>(
  items: readonly Item[],
  limit: number,
  idOf: (item: Item) => string,
): Page<Item> {
  const page = items.slice(0, limit);
  const last = page.at(-1);
  if (items.length <= limit || !last) return { items: page };
  return { items: page, nextCursor: Buffer.from(`${last.createdAt} ${idOf(last)}`).toString('base64url') };
}

/** @throws InvalidRequestError when the cursor is not one that `toPage` made */
export function fromCursor(cursor: string | undefined): PageKey | undefined {
  if (cursor === undefined) return undefined;
  const [createdAt = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  const time = new Date(createdAt);
  const isInstant = !Number.isNaN(time.getTime()) && time.toISOString() === createdAt && time.getTime() >= 0;
  if (!isInstant || !isUUID(id)) {
    throw new InvalidRequestError('cursor', 'cursor must be the nextCursor of a page');
  }
  return { createdAt, id };
}
