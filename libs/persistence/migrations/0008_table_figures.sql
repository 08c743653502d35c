-- What a table holds is known once its last row is stored.
GRANT UPDATE (columns, row_count, byte_count) ON bulkhead.tables TO bulkhead_app;
