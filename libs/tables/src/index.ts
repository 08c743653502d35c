export type { CellFormat } from './csv/column-profile.ts';
export { delimiters, type Delimiter } from './csv/csv-dialect.ts';
export type { CsvFormat } from './csv/csv-table.ts';
export type { Decimal } from './csv/number-cell.ts';
export type { DateOrder } from './csv/time-cell.ts';
export { TableQueries, type QueryAnswer } from './query/table-queries.service.ts';
export type { ColumnType, Table, TableColumn } from './table.ts';
export { TableImport, type TableUpload } from './table-import.service.ts';
export { TableStore } from './table-store.service.ts';
export {
  InvalidCsvError,
  InvalidTableNameError,
  QueriesBusyError,
  QueryRefusedError,
  TableLimitError,
  TableNameTakenError,
  UploadsBusyError,
  UploadTimeoutError,
  UploadTooSlowError,
} from './tables.errors.ts';
export { TablesModule } from './tables.module.ts';
export { defaultTablesOptions, TABLES_OPTIONS, type TablesOptions } from './tables.options.ts';
