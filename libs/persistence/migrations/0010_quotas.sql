CREATE TABLE "bulkhead"."user_quotas" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"tokens_per_day" bigint,
	"tokens_per_month" bigint,
	"cost_nano_per_day" bigint,
	"cost_nano_per_month" bigint,
	"changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."user_quotas" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "bulkhead"."user_quotas" ADD CONSTRAINT "user_quotas_user_id_accounts_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "bulkhead"."accounts"("user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "administrator" ON "bulkhead"."usage_days" AS PERMISSIVE FOR SELECT TO "bulkhead_admin" USING (true);--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."user_quotas" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "authenticator" ON "bulkhead"."user_quotas" AS PERMISSIVE FOR ALL TO "bulkhead_auth" USING (true) WITH CHECK (true);--> statement-breakpoint

-- What drizzle-kit can't describe.
ALTER TABLE bulkhead.user_quotas FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT ON bulkhead.user_quotas TO bulkhead_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON bulkhead.user_quotas TO bulkhead_auth;--> statement-breakpoint
GRANT SELECT (user_id, day, agent_name, model, model_calls, tool_calls, input_tokens, output_tokens, cost_nano, estimated_calls, unpriced_calls)
  ON bulkhead.usage_days TO bulkhead_admin;
