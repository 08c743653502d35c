CREATE TABLE "bulkhead"."query_grants" (
	"user_id" uuid NOT NULL,
	"backend_pid" integer NOT NULL,
	"began_at" timestamp with time zone NOT NULL,
	CONSTRAINT "query_grants_backend_pid_began_at_pk" PRIMARY KEY("backend_pid","began_at")
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."query_grants" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."table_rows" (
	"table_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"cells" text[] NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."table_rows" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."tables" (
	"table_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"columns" jsonb NOT NULL,
	"row_count" integer NOT NULL,
	"byte_count" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tables_owner" UNIQUE("table_id","user_id"),
	CONSTRAINT "tables_name" UNIQUE("user_id","name")
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."tables" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."tool_call_windows" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"calls" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."tool_call_windows" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "bulkhead"."query_grants" ADD CONSTRAINT "query_grants_user_id_accounts_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "bulkhead"."accounts"("user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."table_rows" ADD CONSTRAINT "table_rows_table_owner" FOREIGN KEY ("table_id","user_id") REFERENCES "bulkhead"."tables"("table_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."tables" ADD CONSTRAINT "tables_user_id_accounts_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "bulkhead"."accounts"("user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."tool_call_windows" ADD CONSTRAINT "tool_call_windows_user_id_accounts_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "bulkhead"."accounts"("user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "table_rows_table" ON "bulkhead"."table_rows" USING btree ("table_id","user_id");--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."query_grants" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "own_transaction" ON "bulkhead"."query_grants" AS PERMISSIVE FOR SELECT TO "bulkhead_query" USING (backend_pid = pg_backend_pid() and began_at = now());--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."table_rows" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "granted_query" ON "bulkhead"."table_rows" AS PERMISSIVE FOR SELECT TO "bulkhead_query" USING (user_id = (select g.user_id from bulkhead.query_grants g));--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."tables" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."tool_call_windows" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint

-- What drizzle-kit can't describe.
ALTER TABLE bulkhead.tables FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.table_rows FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.query_grants FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.tool_call_windows FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON bulkhead.tables, bulkhead.table_rows, bulkhead.query_grants TO bulkhead_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON bulkhead.tool_call_windows TO bulkhead_app;--> statement-breakpoint
GRANT USAGE ON SCHEMA bulkhead TO bulkhead_query;--> statement-breakpoint
GRANT SELECT ON bulkhead.table_rows, bulkhead.query_grants TO bulkhead_query;
