import { defineConfig } from 'drizzle-kit';

/** `npx drizzle-kit generate --config libs/persistence/drizzle.config.ts --name <what-changes>` writes a migration. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './libs/persistence/src/schema/index.ts',
  out: './libs/persistence/migrations',
  schemaFilter: ['bulkhead'],
});
