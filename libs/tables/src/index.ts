export { delimiters, type Delimiter } from './csv-rows.ts';
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
} from './tables.errors.ts';
export { TablesModule } from './tables.module.ts';
export { defaultTablesOptions, TABLES_OPTIONS, type TablesOptions } from './tables.options.ts';
