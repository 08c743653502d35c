import { Whole } from './whole.decorator.ts';

const MEBIBYTE = 1024 * 1024;

/** What bounds tools: uploaded tables and the queries over them. */
export class ToolsConfig {
  @Whole(1_024, 1_024 * MEBIBYTE)
  readonly TABLE_MAX_BYTES: number = 64 * MEBIBYTE;

  @Whole(1, 10_000_000)
  readonly TABLE_MAX_ROWS: number = 1_000_000;

  @Whole(1, 10_000)
  readonly TABLES_PER_USER: number = 50;

  @Whole(1_024, 1_024 * 1_024 * MEBIBYTE)
  readonly TABLE_BYTES_PER_USER: number = 256 * MEBIBYTE;

  @Whole(1, 100)
  readonly TABLE_UPLOADS_AT_ONCE: number = 4;

  @Whole(1, 3_600)
  readonly TABLE_UPLOAD_TIMEOUT_SECONDS: number = 120;

  @Whole(1, 100)
  readonly TABLE_QUERIES_AT_ONCE: number = 4;

  @Whole(1, 300)
  readonly TABLE_QUERY_TIMEOUT_SECONDS: number = 10;
}
