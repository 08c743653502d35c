-- What drizzle-kit can't describe: FORCE (or the owner would see all), rights, and the append function.
ALTER TABLE bulkhead.accounts FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.sessions FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.refresh_tokens FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.audit_log FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.threads FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.runs FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.messages FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.events FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.acknowledgements FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.notes FORCE ROW LEVEL SECURITY;--> statement-breakpoint

REVOKE ALL ON SCHEMA bulkhead FROM PUBLIC;--> statement-breakpoint
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;--> statement-breakpoint
GRANT USAGE ON SCHEMA bulkhead TO bulkhead_app, bulkhead_auth;--> statement-breakpoint

-- The password hash is not among the columns.
GRANT SELECT (user_id, email, display_name, roles, created_at) ON bulkhead.accounts TO bulkhead_app;--> statement-breakpoint
GRANT SELECT ON bulkhead.sessions TO bulkhead_app;--> statement-breakpoint
GRANT SELECT, INSERT ON bulkhead.audit_log, bulkhead.messages, bulkhead.events TO bulkhead_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON bulkhead.threads, bulkhead.runs, bulkhead.acknowledgements TO bulkhead_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON bulkhead.notes TO bulkhead_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON bulkhead.accounts, bulkhead.sessions, bulkhead.refresh_tokens, bulkhead.signing_keys TO bulkhead_auth;--> statement-breakpoint

-- Stores a batch of events with the thread's next sequence numbers, once, and only while the run is alive.
-- The row lock on the thread is held until commit, so the order of sequence numbers is the order of commits
-- and a rolled-back batch leaves no hole. Runs with the caller's rights: row-level security applies.
CREATE FUNCTION bulkhead.append_events(p_thread uuid, p_run uuid, p_batch text, p_events jsonb)
RETURNS TABLE (first_seq bigint, stored boolean, stored_at text)
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog AS $$
DECLARE
  v_owner uuid;
  v_last bigint;
  v_state text;
  v_now timestamptz;
BEGIN
  -- Not FOR UPDATE: the foreign key of a run inserted before, in two transactions at once, would make a deadlock.
  SELECT user_id, last_seq INTO v_owner, v_last
    FROM bulkhead.threads WHERE thread_id = p_thread FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no such thread' USING ERRCODE = 'BH404';
  END IF;

  SELECT min(e.seq) INTO first_seq
    FROM bulkhead.events e WHERE e.run_id = p_run AND e.batch_key = p_batch;
  IF first_seq IS NOT NULL THEN
    stored := false;
    RETURN NEXT;
    RETURN;
  END IF;

  SELECT state INTO v_state FROM bulkhead.runs WHERE run_id = p_run AND thread_id = p_thread;
  IF v_state IS NULL THEN
    RAISE EXCEPTION 'no such run' USING ERRCODE = 'BH404';
  ELSIF v_state IN ('completed', 'failed', 'cancelled', 'timed_out') THEN
    RAISE EXCEPTION 'the run has ended' USING ERRCODE = 'BH409';
  END IF;

  first_seq := v_last + 1;
  stored := true;
  v_now := date_trunc('milliseconds', clock_timestamp());
  stored_at := to_char(v_now AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
  INSERT INTO bulkhead.events (thread_id, seq, user_id, event_id, type, run_id, request_id, parent_request_id,
                               agent_name, operation_depth, at, data, batch_key)
    SELECT p_thread, v_last + item.ordinality, v_owner, (item.value ->> 'eventId')::uuid, item.value ->> 'type', p_run,
           (item.value ->> 'requestId')::uuid, (item.value ->> 'parentRequestId')::uuid, item.value ->> 'agentName',
           (item.value ->> 'operationDepth')::integer, v_now, item.value -> 'data', p_batch
      FROM jsonb_array_elements(p_events) WITH ORDINALITY AS item;
  UPDATE bulkhead.threads SET last_seq = v_last + jsonb_array_length(p_events) WHERE thread_id = p_thread;
  RETURN NEXT;
END;
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION bulkhead.append_events FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION bulkhead.append_events TO bulkhead_app;
