ALTER TABLE "bulkhead"."threads" ADD COLUMN "keep_events" bigint;--> statement-breakpoint
ALTER TABLE "bulkhead"."threads" ADD COLUMN "keep_event_days" integer;--> statement-breakpoint
CREATE INDEX "threads_own_retention" ON "bulkhead"."threads" USING btree ("thread_id") WHERE keep_events is not null or keep_event_days is not null;--> statement-breakpoint

-- What drizzle-kit can't describe.
GRANT SELECT (keep_events, keep_event_days) ON bulkhead.threads TO bulkhead_pruner;--> statement-breakpoint

-- As before; a thread may ask for less than the server keeps, and never gets more.
CREATE OR REPLACE FUNCTION bulkhead.prunable_threads(p_keep bigint, p_before timestamptz, p_limit integer)
RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY INVOKER SET search_path = pg_catalog AS $$
BEGIN
  -- Those with a wish of their own have an index; the server's own limits are for all threads.
  RETURN QUERY
    SELECT t.thread_id FROM bulkhead.threads t
     WHERE (t.keep_events IS NOT NULL OR t.keep_event_days IS NOT NULL) AND t.oldest_seq < t.last_seq
       AND (t.last_seq - t.oldest_seq >= t.keep_events
            OR EXISTS (SELECT FROM bulkhead.events e
                        WHERE e.thread_id = t.thread_id AND e.seq = t.oldest_seq
                          AND e.at < now() - make_interval(days => t.keep_event_days)))
       AND NOT EXISTS (SELECT FROM bulkhead.runs r
                        WHERE r.thread_id = t.thread_id AND r.state IN ('queued', 'running', 'waiting'))
     LIMIT p_limit;
  IF FOUND OR (p_keep IS NULL AND p_before IS NULL) THEN
    RETURN;
  END IF;
  RETURN QUERY
    SELECT t.thread_id FROM bulkhead.threads t
     WHERE t.oldest_seq < t.last_seq
       AND (t.last_seq - t.oldest_seq >= p_keep
            OR EXISTS (SELECT FROM bulkhead.events e
                        WHERE e.thread_id = t.thread_id AND e.seq = t.oldest_seq AND e.at < p_before))
       AND NOT EXISTS (SELECT FROM bulkhead.runs r
                        WHERE r.thread_id = t.thread_id AND r.state IN ('queued', 'running', 'waiting'))
     LIMIT p_limit;
END;
$$;--> statement-breakpoint

CREATE OR REPLACE FUNCTION bulkhead.prune_thread(p_thread uuid, p_keep bigint, p_before timestamptz, p_limit integer)
RETURNS bigint
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog AS $$
DECLARE
  v_last bigint;
  v_oldest bigint;
  v_target bigint;
  v_keep bigint;
  v_before timestamptz;
BEGIN
  -- Holds back appends: a run that begins meanwhile has newer events than these. The stricter limit counts.
  SELECT last_seq, oldest_seq, least(p_keep, keep_events),
         greatest(p_before, now() - make_interval(days => keep_event_days))
    INTO v_last, v_oldest, v_keep, v_before
    FROM bulkhead.threads WHERE thread_id = p_thread FOR NO KEY UPDATE;
  IF NOT FOUND OR EXISTS (SELECT FROM bulkhead.runs
                           WHERE thread_id = p_thread AND state IN ('queued', 'running', 'waiting')) THEN
    RETURN 0;
  END IF;
  SELECT max(e.seq) + 1 INTO v_target FROM bulkhead.events e
   WHERE e.thread_id = p_thread AND e.seq >= v_oldest AND e.seq < v_oldest + p_limit AND e.at < v_before;
  v_target := greatest(v_target, v_last - v_keep + 1);
  v_target := least(v_target, v_oldest + p_limit, v_last);
  IF v_target IS NULL OR v_target <= v_oldest THEN
    RETURN 0;
  END IF;
  UPDATE bulkhead.threads SET oldest_seq = v_target WHERE thread_id = p_thread;
  DELETE FROM bulkhead.events WHERE thread_id = p_thread AND seq < v_target;
  DELETE FROM bulkhead.tool_results WHERE thread_id = p_thread AND seq < v_target;
  RETURN v_target - v_oldest;
END;
$$;
