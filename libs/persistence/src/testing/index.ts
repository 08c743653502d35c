export { openTestDatabase, type TestDatabase } from './test-database.ts';
export { EmbeddedPostgres } from '../postgres/embedded-postgres.ts';
