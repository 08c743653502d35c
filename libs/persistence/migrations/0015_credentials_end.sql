ALTER TABLE "bulkhead"."accounts" ADD COLUMN "tokens_valid_after" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "bulkhead"."sessions" ADD COLUMN "signed_in_at" timestamp with time zone;--> statement-breakpoint

-- Row-level security hides every row from the owner.
DO $$
BEGIN
  SET LOCAL ROLE bulkhead_auth;
  UPDATE bulkhead.sessions SET signed_in_at = created_at WHERE kind = 'sign_in';
  -- Enabling an account that was disabled earlier revives nothing either.
  UPDATE bulkhead.accounts SET tokens_valid_after = disabled_at WHERE disabled_at IS NOT NULL;
  UPDATE bulkhead.sessions s SET revoked_at = now(), revoked_reason = 'account_disabled'
    FROM bulkhead.accounts a WHERE a.user_id = s.user_id AND a.disabled_at IS NOT NULL AND s.revoked_at IS NULL;
  SET LOCAL ROLE bulkhead_owner;
END;
$$;
