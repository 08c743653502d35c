CREATE SCHEMA "bulkhead";
--> statement-breakpoint
CREATE TABLE "bulkhead"."accounts" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"display_name" text NOT NULL,
	"password_hash" text NOT NULL,
	"roles" text[] DEFAULT '{user}' NOT NULL,
	"disabled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."accounts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."acknowledgements" (
	"thread_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"acked_seq" bigint NOT NULL,
	"acked_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."acknowledgements" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."audit_log" (
	"user_id" uuid NOT NULL,
	"audit_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"action" text NOT NULL,
	"trail" jsonb NOT NULL,
	CONSTRAINT "audit_log_user_id_audit_id_pk" PRIMARY KEY("user_id","audit_id")
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."audit_log" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."events" (
	"thread_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"user_id" uuid NOT NULL,
	"event_id" uuid NOT NULL,
	"type" text NOT NULL,
	"run_id" uuid NOT NULL,
	"request_id" uuid NOT NULL,
	"parent_request_id" uuid,
	"agent_name" text NOT NULL,
	"operation_depth" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"data" jsonb NOT NULL,
	"batch_key" text NOT NULL,
	CONSTRAINT "events_thread_id_seq_pk" PRIMARY KEY("thread_id","seq")
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."messages" (
	"message_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"role" text NOT NULL,
	"content" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "messages_thread" UNIQUE("thread_id","seq"),
	CONSTRAINT "messages_run_role" UNIQUE("run_id","role")
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."messages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."notes" (
	"note_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"text" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notes_idempotency" UNIQUE("user_id","idempotency_key")
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."notes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."refresh_tokens" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"session_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."refresh_tokens" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."runs" (
	"run_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"agent_name" text NOT NULL,
	"state" text NOT NULL,
	"cancel_requested_at" timestamp (3) with time zone,
	"error" jsonb,
	"steps" integer DEFAULT 0 NOT NULL,
	"tool_calls" integer DEFAULT 0 NOT NULL,
	"input_tokens" integer DEFAULT 0 NOT NULL,
	"output_tokens" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "runs_owner" UNIQUE("run_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."runs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."sessions" (
	"session_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"revoked_reason" text
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."sessions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."signing_keys" (
	"key_id" text PRIMARY KEY NOT NULL,
	"public_jwk" jsonb NOT NULL,
	"private_jwk" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"retired_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "bulkhead"."threads" (
	"thread_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"title" text DEFAULT '' NOT NULL,
	"last_seq" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "threads_owner" UNIQUE("thread_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."threads" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "bulkhead"."acknowledgements" ADD CONSTRAINT "acknowledgements_thread_owner" FOREIGN KEY ("thread_id","user_id") REFERENCES "bulkhead"."threads"("thread_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."events" ADD CONSTRAINT "events_run_owner" FOREIGN KEY ("run_id","user_id") REFERENCES "bulkhead"."runs"("run_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."messages" ADD CONSTRAINT "messages_thread_owner" FOREIGN KEY ("thread_id","user_id") REFERENCES "bulkhead"."threads"("thread_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."messages" ADD CONSTRAINT "messages_run_owner" FOREIGN KEY ("run_id","user_id") REFERENCES "bulkhead"."runs"("run_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."notes" ADD CONSTRAINT "notes_user_id_accounts_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "bulkhead"."accounts"("user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_sessions_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "bulkhead"."sessions"("session_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."runs" ADD CONSTRAINT "runs_thread_owner" FOREIGN KEY ("thread_id","user_id") REFERENCES "bulkhead"."threads"("thread_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."sessions" ADD CONSTRAINT "sessions_user_id_accounts_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "bulkhead"."accounts"("user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."threads" ADD CONSTRAINT "threads_user_id_accounts_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "bulkhead"."accounts"("user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_email" ON "bulkhead"."accounts" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "events_batch" ON "bulkhead"."events" USING btree ("run_id","batch_key");--> statement-breakpoint
CREATE INDEX "notes_newest" ON "bulkhead"."notes" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "refresh_tokens_session" ON "bulkhead"."refresh_tokens" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "runs_newest" ON "bulkhead"."runs" USING btree ("user_id","created_at","run_id");--> statement-breakpoint
CREATE INDEX "runs_thread" ON "bulkhead"."runs" USING btree ("thread_id");--> statement-breakpoint
CREATE INDEX "runs_unfinished" ON "bulkhead"."runs" USING btree ("user_id") WHERE state in ('queued', 'running', 'waiting');--> statement-breakpoint
CREATE INDEX "sessions_user" ON "bulkhead"."sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "threads_newest" ON "bulkhead"."threads" USING btree ("user_id","created_at","thread_id");--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."accounts" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "authenticator" ON "bulkhead"."accounts" AS PERMISSIVE FOR ALL TO "bulkhead_auth" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."acknowledgements" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."audit_log" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."events" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."messages" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."notes" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."refresh_tokens" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "authenticator" ON "bulkhead"."refresh_tokens" AS PERMISSIVE FOR ALL TO "bulkhead_auth" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."runs" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."sessions" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "authenticator" ON "bulkhead"."sessions" AS PERMISSIVE FOR ALL TO "bulkhead_auth" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."threads" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));