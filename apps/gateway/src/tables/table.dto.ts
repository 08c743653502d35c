import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { delimiters, type ColumnType, type Delimiter, type Table } from '@bulkhead/tables';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsId } from '../validation/is-id.decorator.ts';

const delimiterNames = Object.keys(delimiters);
const columnTypes = ['integer', 'numeric', 'timestamp', 'boolean', 'text'] as const;

export class TablePath {
  @ApiProperty({ format: 'uuid' })
  @IsId()
  readonly tableId!: string;
}

export class UploadTableQuery {
  @ApiProperty({ pattern: '^[a-z][a-z0-9_]{0,62}$', description: 'As SQL will name it.' })
  @IsString()
  @MaxLength(63)
  readonly name!: string;

  @ApiPropertyOptional({ enum: delimiterNames, default: 'comma' })
  @IsOptional()
  @IsIn(delimiterNames)
  readonly delimiter: Delimiter = 'comma';
}

export class TableColumnDto {
  @ApiProperty({ description: 'As SQL names it.' })
  readonly name!: string;

  @ApiProperty({ description: 'As the file names it.' })
  readonly header!: string;

  @ApiProperty({ enum: columnTypes })
  readonly type!: ColumnType;
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
