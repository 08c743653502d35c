CREATE TABLE "bulkhead"."approvals" (
	"approval_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"tool_call_id" text NOT NULL,
	"agent_name" text NOT NULL,
	"tool_name" text NOT NULL,
	"arguments" text NOT NULL,
	"arguments_hash" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"reason" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	CONSTRAINT "approvals_call" UNIQUE("run_id","tool_call_id")
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."approvals" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."model_calls" (
	"run_id" uuid NOT NULL,
	"call_key" text NOT NULL,
	"user_id" uuid NOT NULL,
	"agent_name" text NOT NULL,
	"model" text NOT NULL,
	"outcome" text NOT NULL,
	"input_tokens" integer NOT NULL,
	"output_tokens" integer NOT NULL,
	"is_estimated" boolean NOT NULL,
	"cost_nano" bigint,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "model_calls_run_id_call_key_pk" PRIMARY KEY("run_id","call_key")
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."model_calls" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."run_steps" (
	"run_id" uuid NOT NULL,
	"name" text NOT NULL,
	"user_id" uuid NOT NULL,
	"result" text NOT NULL,
	CONSTRAINT "run_steps_run_id_name_pk" PRIMARY KEY("run_id","name")
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."run_steps" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."thread_summaries" (
	"thread_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"covers_seq" bigint NOT NULL,
	"summary" text NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."thread_summaries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."usage_days" (
	"user_id" uuid NOT NULL,
	"day" date NOT NULL,
	"agent_name" text NOT NULL,
	"model" text NOT NULL,
	"model_calls" bigint DEFAULT 0 NOT NULL,
	"tool_calls" bigint DEFAULT 0 NOT NULL,
	"input_tokens" bigint DEFAULT 0 NOT NULL,
	"output_tokens" bigint DEFAULT 0 NOT NULL,
	"cost_nano" bigint DEFAULT 0 NOT NULL,
	"estimated_calls" bigint DEFAULT 0 NOT NULL,
	"unpriced_calls" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "usage_days_user_id_day_agent_name_model_pk" PRIMARY KEY("user_id","day","agent_name","model")
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."usage_days" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "bulkhead"."messages" ADD COLUMN "tokens" integer;--> statement-breakpoint
ALTER TABLE "bulkhead"."runs" ADD COLUMN "cost_nano" bigint;--> statement-breakpoint
ALTER TABLE "bulkhead"."approvals" ADD CONSTRAINT "approvals_run_owner" FOREIGN KEY ("run_id","user_id") REFERENCES "bulkhead"."runs"("run_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."model_calls" ADD CONSTRAINT "model_calls_run_owner" FOREIGN KEY ("run_id","user_id") REFERENCES "bulkhead"."runs"("run_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."run_steps" ADD CONSTRAINT "run_steps_run_owner" FOREIGN KEY ("run_id","user_id") REFERENCES "bulkhead"."runs"("run_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."thread_summaries" ADD CONSTRAINT "thread_summaries_thread_owner" FOREIGN KEY ("thread_id","user_id") REFERENCES "bulkhead"."threads"("thread_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."usage_days" ADD CONSTRAINT "usage_days_user_id_accounts_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "bulkhead"."accounts"("user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "approvals_newest" ON "bulkhead"."approvals" USING btree ("user_id","created_at","approval_id");--> statement-breakpoint
CREATE INDEX "usage_days_day" ON "bulkhead"."usage_days" USING btree ("day");--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."approvals" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."model_calls" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."run_steps" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."thread_summaries" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."usage_days" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "authenticator" ON "bulkhead"."usage_days" AS PERMISSIVE FOR ALL TO "bulkhead_auth" USING (true) WITH CHECK (true);--> statement-breakpoint

-- What drizzle-kit can't describe.
ALTER TABLE bulkhead.run_steps FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.approvals FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.model_calls FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.usage_days FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.thread_summaries FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT ON bulkhead.run_steps, bulkhead.model_calls TO bulkhead_app;--> statement-breakpoint
GRANT SELECT, INSERT ON bulkhead.approvals, bulkhead.usage_days, bulkhead.thread_summaries TO bulkhead_app;--> statement-breakpoint
-- What was asked stays what it was: only the decision can be written.
GRANT UPDATE (state, reason, resolved_at) ON bulkhead.approvals TO bulkhead_app;--> statement-breakpoint
GRANT UPDATE ON bulkhead.usage_days, bulkhead.thread_summaries TO bulkhead_app;--> statement-breakpoint
GRANT SELECT ON bulkhead.usage_days TO bulkhead_auth;
