CREATE TABLE "bulkhead"."audit_heads" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."audit_heads" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."audit_seals" (
	"seal_no" bigint PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"hash" text NOT NULL,
	"kind" text NOT NULL,
	"key_id" text NOT NULL,
	"mac" text NOT NULL,
	"sealed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "audit_seals_chain" UNIQUE("user_id","seq")
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."audit_seals" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."idempotency_keys" (
	"user_id" uuid NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"answer" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_user_id_key_pk" PRIMARY KEY("user_id","key")
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."idempotency_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."rate_limits" (
	"key" varchar(255) PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."audit_log" ADD COLUMN "details" jsonb DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "bulkhead"."audit_log" ADD COLUMN "seq" bigint;--> statement-breakpoint
ALTER TABLE "bulkhead"."audit_log" ADD COLUMN "key_id" text;--> statement-breakpoint
ALTER TABLE "bulkhead"."audit_log" ADD COLUMN "mac" text;--> statement-breakpoint
ALTER TABLE "bulkhead"."audit_log" ADD COLUMN "hash" text;--> statement-breakpoint
-- The hash of a row: over the one before it and all of this one. No field before the two records has a line break.
CREATE FUNCTION bulkhead.audit_hash(p_before text, p_user uuid, p_seq bigint, p_id uuid, p_at timestamptz, p_action text,
                                    p_key text, p_mac text, p_trail jsonb, p_details jsonb)
RETURNS text LANGUAGE sql STABLE SECURITY INVOKER SET search_path = pg_catalog AS $$
  SELECT encode(sha256(convert_to(concat_ws(E'\n', p_before, p_user, p_seq, p_id,
           to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), p_action, p_key, p_mac, p_trail, p_details),
           'UTF8')), 'hex');
$$;--> statement-breakpoint

-- Rows from before the chain get their place in it, in the order of their time. FORCE would hide them from the owner.
ALTER TABLE bulkhead.audit_log NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
DO $$
DECLARE
  v_row record;
  v_seq bigint;
  v_hash text;
BEGIN
  FOR v_row IN SELECT * FROM bulkhead.audit_log ORDER BY user_id, at, audit_id LOOP
    SELECT seq + 1, hash INTO v_seq, v_hash FROM bulkhead.audit_heads WHERE user_id = v_row.user_id;
    v_seq := coalesce(v_seq, 1);
    v_hash := bulkhead.audit_hash(coalesce(v_hash, ''), v_row.user_id, v_seq, v_row.audit_id, v_row.at, v_row.action,
                                  '', '', v_row.trail, v_row.details);
    UPDATE bulkhead.audit_log SET seq = v_seq, key_id = '', mac = '', hash = v_hash
     WHERE user_id = v_row.user_id AND audit_id = v_row.audit_id;
    INSERT INTO bulkhead.audit_heads (user_id, seq, hash) VALUES (v_row.user_id, v_seq, v_hash)
      ON CONFLICT (user_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash;
  END LOOP;
END;
$$;--> statement-breakpoint
ALTER TABLE bulkhead.audit_log FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.audit_log ALTER COLUMN seq SET NOT NULL, ALTER COLUMN key_id SET NOT NULL,
  ALTER COLUMN mac SET NOT NULL, ALTER COLUMN hash SET NOT NULL;--> statement-breakpoint

ALTER TABLE "bulkhead"."idempotency_keys" ADD CONSTRAINT "idempotency_keys_user_id_accounts_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "bulkhead"."accounts"("user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "bulkhead"."idempotency_keys" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "audit_log_newest" ON "bulkhead"."audit_log" USING btree ("at","audit_id");--> statement-breakpoint
CREATE INDEX "audit_log_violations" ON "bulkhead"."audit_log" USING btree ("at") WHERE action = 'isolation.violated';--> statement-breakpoint
ALTER TABLE "bulkhead"."audit_log" ADD CONSTRAINT "audit_log_chain" UNIQUE("user_id","seq");--> statement-breakpoint
CREATE POLICY "authenticator" ON "bulkhead"."audit_log" AS PERMISSIVE FOR ALL TO "bulkhead_auth" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."audit_heads" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "authenticator" ON "bulkhead"."audit_heads" AS PERMISSIVE FOR ALL TO "bulkhead_auth" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."audit_seals" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "authenticator" ON "bulkhead"."audit_seals" AS PERMISSIVE FOR ALL TO "bulkhead_auth" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."idempotency_keys" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint

-- What drizzle-kit can't describe.
ALTER TABLE bulkhead.audit_heads FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.audit_seals FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.idempotency_keys FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON bulkhead.audit_heads TO bulkhead_app, bulkhead_auth;--> statement-breakpoint
GRANT SELECT, INSERT ON bulkhead.audit_log, bulkhead.audit_seals TO bulkhead_auth;--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON bulkhead.idempotency_keys TO bulkhead_app;--> statement-breakpoint
-- What was asked under a key stays what it was.
GRANT UPDATE (answer) ON bulkhead.idempotency_keys TO bulkhead_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON bulkhead.rate_limits TO bulkhead_auth;--> statement-breakpoint

-- Adds a row to the end of a user's chain. The lock on the chain's head is held until commit, so the rows of a user
-- have one order and no holes. Runs with the caller's rights: row-level security applies.
CREATE FUNCTION bulkhead.append_audit(p_user uuid, p_id uuid, p_at timestamptz, p_action text, p_trail jsonb,
                                      p_details jsonb, p_key text, p_mac text)
RETURNS bigint LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog AS $$
DECLARE
  v_head bulkhead.audit_heads;
BEGIN
  SELECT * INTO v_head FROM bulkhead.audit_heads WHERE user_id = p_user FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO bulkhead.audit_heads (user_id, seq, hash) VALUES (p_user, 0, '') ON CONFLICT (user_id) DO NOTHING;
    SELECT * INTO v_head FROM bulkhead.audit_heads WHERE user_id = p_user FOR UPDATE;
  END IF;
  v_head.seq := v_head.seq + 1;
  v_head.hash := bulkhead.audit_hash(v_head.hash, p_user, v_head.seq, p_id, p_at, p_action, p_key, p_mac, p_trail, p_details);
  INSERT INTO bulkhead.audit_log (user_id, audit_id, at, action, trail, details, seq, key_id, mac, hash)
    VALUES (p_user, p_id, p_at, p_action, p_trail, p_details, v_head.seq, p_key, p_mac, v_head.hash);
  UPDATE bulkhead.audit_heads SET seq = v_head.seq, hash = v_head.hash WHERE user_id = p_user;
  RETURN v_head.seq;
END;
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION bulkhead.audit_hash, bulkhead.append_audit FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION bulkhead.audit_hash, bulkhead.append_audit TO bulkhead_app, bulkhead_auth;
