CREATE TABLE "bulkhead"."tool_results" (
	"result_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"content" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."tool_results" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "bulkhead"."acknowledgements" ALTER COLUMN "acked_seq" SET DEFAULT 0;--> statement-breakpoint
ALTER TABLE "bulkhead"."acknowledgements" ADD COLUMN "delivered_seq" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "bulkhead"."acknowledgements" ADD COLUMN "delivered_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "bulkhead"."threads" ADD COLUMN "oldest_seq" bigint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "bulkhead"."tool_results" ADD CONSTRAINT "tool_results_run_owner" FOREIGN KEY ("run_id","user_id") REFERENCES "bulkhead"."runs"("run_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "tool_results_event" ON "bulkhead"."tool_results" USING btree ("thread_id","seq");--> statement-breakpoint
CREATE POLICY "pruner_select" ON "bulkhead"."events" AS PERMISSIVE FOR SELECT TO "bulkhead_pruner" USING (true);--> statement-breakpoint
CREATE POLICY "pruner_delete" ON "bulkhead"."events" AS PERMISSIVE FOR DELETE TO "bulkhead_pruner" USING (seq < (select t.oldest_seq from bulkhead.threads t where t.thread_id = events.thread_id));--> statement-breakpoint
CREATE POLICY "pruner_select" ON "bulkhead"."runs" AS PERMISSIVE FOR SELECT TO "bulkhead_pruner" USING (true);--> statement-breakpoint
CREATE POLICY "pruner_select" ON "bulkhead"."threads" AS PERMISSIVE FOR SELECT TO "bulkhead_pruner" USING (true);--> statement-breakpoint
CREATE POLICY "pruner_update" ON "bulkhead"."threads" AS PERMISSIVE FOR UPDATE TO "bulkhead_pruner" USING (true);--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."tool_results" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "pruner_select" ON "bulkhead"."tool_results" AS PERMISSIVE FOR SELECT TO "bulkhead_pruner" USING (true);--> statement-breakpoint
CREATE POLICY "pruner_delete" ON "bulkhead"."tool_results" AS PERMISSIVE FOR DELETE TO "bulkhead_pruner" USING (seq < (select t.oldest_seq from bulkhead.threads t where t.thread_id = tool_results.thread_id));--> statement-breakpoint

-- What drizzle-kit can't describe.
ALTER TABLE bulkhead.tool_results FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT ON bulkhead.tool_results TO bulkhead_app;--> statement-breakpoint

-- The pruner finds and removes old events; no column that says anything is among these.
GRANT USAGE ON SCHEMA bulkhead TO bulkhead_pruner;--> statement-breakpoint
GRANT SELECT (thread_id, last_seq, oldest_seq), UPDATE (oldest_seq) ON bulkhead.threads TO bulkhead_pruner;--> statement-breakpoint
GRANT SELECT (thread_id, state) ON bulkhead.runs TO bulkhead_pruner;--> statement-breakpoint
GRANT SELECT (thread_id, seq, at), DELETE ON bulkhead.events TO bulkhead_pruner;--> statement-breakpoint
GRANT SELECT (thread_id, seq), DELETE ON bulkhead.tool_results TO bulkhead_pruner;--> statement-breakpoint

-- Threads with more than p_keep events, or whose oldest event is from before p_before; either may be null. Not those
-- with a run that has not ended: it may repeat a batch, and is told by the stored events that it did.
CREATE FUNCTION bulkhead.prunable_threads(p_keep bigint, p_before timestamptz, p_limit integer)
RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY INVOKER SET search_path = pg_catalog AS $$
  SELECT t.thread_id FROM bulkhead.threads t
   WHERE t.oldest_seq < t.last_seq
     AND (t.last_seq - t.oldest_seq >= p_keep
          OR EXISTS (SELECT FROM bulkhead.events e
                      WHERE e.thread_id = t.thread_id AND e.seq = t.oldest_seq AND e.at < p_before))
     AND NOT EXISTS (SELECT FROM bulkhead.runs r
                      WHERE r.thread_id = t.thread_id AND r.state IN ('queued', 'running', 'waiting'))
   LIMIT p_limit
$$;--> statement-breakpoint

-- Removes at most p_limit of a thread's oldest events, never its newest, and says how many. Where the thread begins
-- and what is stored change in one transaction.
CREATE FUNCTION bulkhead.prune_thread(p_thread uuid, p_keep bigint, p_before timestamptz, p_limit integer)
RETURNS bigint
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog AS $$
DECLARE
  v_last bigint;
  v_oldest bigint;
  v_target bigint;
BEGIN
  -- Holds back appends: a run that begins meanwhile has newer events than these.
  SELECT last_seq, oldest_seq INTO v_last, v_oldest
    FROM bulkhead.threads WHERE thread_id = p_thread FOR NO KEY UPDATE;
  IF NOT FOUND OR EXISTS (SELECT FROM bulkhead.runs
                           WHERE thread_id = p_thread AND state IN ('queued', 'running', 'waiting')) THEN
    RETURN 0;
  END IF;
  SELECT max(e.seq) + 1 INTO v_target FROM bulkhead.events e
   WHERE e.thread_id = p_thread AND e.seq >= v_oldest AND e.seq < v_oldest + p_limit AND e.at < p_before;
  v_target := greatest(v_target, v_last - p_keep + 1);
  v_target := least(v_target, v_oldest + p_limit, v_last);
  IF v_target IS NULL OR v_target <= v_oldest THEN
    RETURN 0;
  END IF;
  UPDATE bulkhead.threads SET oldest_seq = v_target WHERE thread_id = p_thread;
  DELETE FROM bulkhead.events WHERE thread_id = p_thread AND seq < v_target;
  DELETE FROM bulkhead.tool_results WHERE thread_id = p_thread AND seq < v_target;
  RETURN v_target - v_oldest;
END;
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION bulkhead.prunable_threads, bulkhead.prune_thread FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION bulkhead.prunable_threads, bulkhead.prune_thread TO bulkhead_pruner;--> statement-breakpoint

-- As before, and stores with an event what is too large for it.
CREATE OR REPLACE FUNCTION bulkhead.append_events(p_thread uuid, p_run uuid, p_batch text, p_events jsonb)
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
  INSERT INTO bulkhead.tool_results (result_id, user_id, thread_id, run_id, seq, content, created_at)
    SELECT (item.value ->> 'resultId')::uuid, v_owner, p_thread, p_run, v_last + item.ordinality,
           item.value -> 'content', v_now
      FROM jsonb_array_elements(p_events) WITH ORDINALITY AS item
     WHERE item.value ? 'resultId';
  UPDATE bulkhead.threads SET last_seq = v_last + jsonb_array_length(p_events) WHERE thread_id = p_thread;
  RETURN NEXT;
END;
$$;
