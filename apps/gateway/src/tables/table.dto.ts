import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  delimiters,
  type ColumnType,
  type DateOrder,
  type Decimal,
  type Delimiter,
  type Table,
} from '@bulkhead/tables';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { IsId } from '../validation/is-id.decorator.ts';

const delimiterNames = Object.keys(delimiters);
const decimals = ['point', 'comma'] as const;
const dateOrders = ['day-first', 'month-first'] as const;
const columnTypes = ['integer', 'numeric', 'timestamp', 'boolean', 'text'] as const;

export class TablePath {
  @ApiProperty({ format: 'uuid' })
  @IsId()
  readonly tableId!: string;
}

export class UploadTableQuery {
  @ApiProperty({ pattern: '^[a-z][a-z0-9_]{0,62}$', description: 'As SQL will name it.' })
  @Matches(/^[a-z][a-z0-9_]{0,62}$/, {
    message:
      'name must be 1 to 63 lower-case letters, digits and underscores, beginning with a letter, in the query: ?name=usage',
  })
  readonly name!: string;

  @ApiPropertyOptional({ enum: delimiterNames, description: 'By default the one that the file shows.' })
  @IsOptional()
  @IsIn(delimiterNames)
  readonly delimiter?: Delimiter;

  @ApiPropertyOptional({
    enum: decimals,
    description: 'For numbers that can be read both ways, such as 1,234; absent: as the file shows.',
  })
  @IsOptional()
  @IsIn(decimals)
  readonly decimal?: Decimal;

  @ApiPropertyOptional({
    enum: dateOrders,
    description: 'For dates that can be read both ways, such as 1/2/2026; absent: as the file shows.',
  })
  @IsOptional()
  @IsIn(dateOrders)
  readonly dateOrder?: DateOrder;
}

export class TableColumnDto {
  @ApiProperty({ description: 'As SQL names it.' })
  readonly name!: string;

  @ApiProperty({ description: 'As the file names it.' })
  readonly header!: string;

  @ApiProperty({ enum: columnTypes })
  readonly type!: ColumnType;

  @ApiPropertyOptional({
    type: [String],
    description: 'What was done with its cells that needs saying, e.g. units, placeholders, why it is text.',
  })
  readonly notes?: readonly string[];
}

export class TableDto implements Table {
  @ApiProperty({ format: 'uuid' })
  readonly tableId!: string;

  @ApiProperty()
  readonly name!: string;

  @ApiProperty({ type: [TableColumnDto] })
  readonly columns!: readonly TableColumnDto[];

  @ApiProperty()
  readonly rowCount!: number;

  @ApiProperty({ description: 'Size of the CSV that it came from.' })
  readonly byteCount!: number;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt!: string;
}

export class TableListDto {
  @ApiProperty({ type: [TableDto] })
  readonly items!: readonly TableDto[];
}
