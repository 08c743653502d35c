CREATE TABLE "bulkhead"."api_keys" (
	"session_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"secret_hash" text NOT NULL,
	"permissions" text[] NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."api_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."removed_subjects" (
	"issuer" text NOT NULL,
	"subject_hash" text NOT NULL,
	"removed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "removed_subjects_issuer_subject_hash_pk" PRIMARY KEY("issuer","subject_hash")
);
--> statement-breakpoint
DROP INDEX "bulkhead"."accounts_email";--> statement-breakpoint
ALTER TABLE "bulkhead"."accounts" ALTER COLUMN "email" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "bulkhead"."accounts" ALTER COLUMN "password_hash" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "bulkhead"."accounts" ADD COLUMN "issuer" text DEFAULT 'local' NOT NULL;--> statement-breakpoint
ALTER TABLE "bulkhead"."accounts" ADD COLUMN "subject" text;--> statement-breakpoint
ALTER TABLE "bulkhead"."accounts" ADD COLUMN "roles_as_of" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "bulkhead"."refresh_tokens" ADD COLUMN "successor_salt" text;--> statement-breakpoint
ALTER TABLE "bulkhead"."sessions" ADD COLUMN "kind" text DEFAULT 'sign_in' NOT NULL;--> statement-breakpoint
ALTER TABLE "bulkhead"."sessions" ADD COLUMN "user_agent" text;--> statement-breakpoint
ALTER TABLE "bulkhead"."sessions" ADD COLUMN "last_used_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "bulkhead"."api_keys" ADD CONSTRAINT "api_keys_session_id_sessions_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "bulkhead"."sessions"("session_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_keys_user" ON "bulkhead"."api_keys" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_subject" ON "bulkhead"."accounts" USING btree ("issuer","subject");--> statement-breakpoint
CREATE INDEX "accounts_newest" ON "bulkhead"."accounts" USING btree ("created_at","user_id");--> statement-breakpoint
CREATE INDEX "runs_all_newest" ON "bulkhead"."runs" USING btree ("created_at","run_id");--> statement-breakpoint
CREATE INDEX "sessions_end" ON "bulkhead"."sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_email" ON "bulkhead"."accounts" USING btree (lower("email")) WHERE issuer = 'local';--> statement-breakpoint
ALTER TABLE "bulkhead"."accounts" ADD CONSTRAINT "accounts_kind" CHECK (case when issuer = 'local' then email is not null and password_hash is not null and subject is null
               else password_hash is null and subject is not null end);--> statement-breakpoint
CREATE POLICY "administrator" ON "bulkhead"."accounts" AS PERMISSIVE FOR SELECT TO "bulkhead_admin" USING (true);--> statement-breakpoint
CREATE POLICY "administrator" ON "bulkhead"."runs" AS PERMISSIVE FOR SELECT TO "bulkhead_admin" USING (true);--> statement-breakpoint
CREATE POLICY "administrator" ON "bulkhead"."sessions" AS PERMISSIVE FOR SELECT TO "bulkhead_admin" USING (true);--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."api_keys" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "authenticator" ON "bulkhead"."api_keys" AS PERMISSIVE FOR ALL TO "bulkhead_auth" USING (true) WITH CHECK (true);--> statement-breakpoint

-- What drizzle-kit can't describe.
ALTER TABLE bulkhead.api_keys FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON bulkhead.api_keys, bulkhead.removed_subjects TO bulkhead_auth;--> statement-breakpoint
GRANT DELETE ON bulkhead.accounts, bulkhead.sessions, bulkhead.refresh_tokens, bulkhead.signing_keys TO bulkhead_auth;--> statement-breakpoint
-- An administrator sees who and when, never what: no column that says anything is among these.
GRANT USAGE ON SCHEMA bulkhead TO bulkhead_admin;--> statement-breakpoint
GRANT SELECT (user_id, issuer, email, display_name, roles, disabled_at, created_at) ON bulkhead.accounts TO bulkhead_admin;--> statement-breakpoint
GRANT SELECT (session_id, user_id, kind, user_agent, created_at, last_used_at, expires_at, revoked_at, revoked_reason) ON bulkhead.sessions TO bulkhead_admin;--> statement-breakpoint
GRANT SELECT (run_id, user_id, thread_id, agent_name, state, steps, tool_calls, input_tokens, output_tokens, cost_nano, created_at, started_at, finished_at) ON bulkhead.runs TO bulkhead_admin;--> statement-breakpoint

-- Tells every node that a user's rights may have changed, whoever changed them, and only once it is committed.
CREATE FUNCTION bulkhead.announce_revocation() RETURNS trigger
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_notify('bulkhead_revocations', OLD.user_id::text);
  RETURN NULL;
END;
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION bulkhead.announce_revocation FROM PUBLIC;--> statement-breakpoint
CREATE TRIGGER announce_change AFTER UPDATE ON bulkhead.accounts FOR EACH ROW
  WHEN (OLD.roles IS DISTINCT FROM NEW.roles OR OLD.disabled_at IS DISTINCT FROM NEW.disabled_at)
  EXECUTE FUNCTION bulkhead.announce_revocation();--> statement-breakpoint
CREATE TRIGGER announce_removal AFTER DELETE ON bulkhead.accounts FOR EACH ROW
  EXECUTE FUNCTION bulkhead.announce_revocation();--> statement-breakpoint
CREATE TRIGGER announce_change AFTER UPDATE ON bulkhead.sessions FOR EACH ROW
  WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at OR OLD.expires_at IS DISTINCT FROM NEW.expires_at)
  EXECUTE FUNCTION bulkhead.announce_revocation();--> statement-breakpoint
-- Sessions that are over are pruned without a word.
CREATE TRIGGER announce_removal AFTER DELETE ON bulkhead.sessions FOR EACH ROW
  WHEN (OLD.revoked_at IS NULL AND OLD.expires_at > now())
  EXECUTE FUNCTION bulkhead.announce_revocation();
