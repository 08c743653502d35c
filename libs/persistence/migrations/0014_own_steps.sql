ALTER TABLE "bulkhead"."run_queue" ADD COLUMN "job" text;--> statement-breakpoint

-- What runs are opened with moves from the durable engine's tables to ours; nothing else is read there any more.
DO $$
BEGIN
  SET LOCAL ROLE bulkhead_engine;
  IF to_regclass('dbos.workflow_input') IS NOT NULL THEN
    UPDATE bulkhead.run_queue q SET job = (i.inputs::jsonb -> 'json' -> 0)::text
      FROM dbos.workflow_input i WHERE i.workflow_uuid = q.run_id::text;
    DROP SCHEMA dbos CASCADE;
  END IF;
  SET LOCAL ROLE bulkhead_owner;
END;
$$;--> statement-breakpoint

-- Steps are needed until their run has ended.
GRANT DELETE ON bulkhead.run_steps TO bulkhead_app;--> statement-breakpoint

DROP FUNCTION bulkhead.enter_queue(uuid, uuid, uuid, text);--> statement-breakpoint
-- Joins the queue. The caller holds the lock of the thread, which makes the order of positions that of the thread.
CREATE FUNCTION bulkhead.enter_queue(p_run uuid, p_user uuid, p_thread uuid, p_format text, p_job text)
RETURNS void LANGUAGE sql SECURITY INVOKER SET search_path = pg_catalog AS $$
  INSERT INTO bulkhead.run_queue (run_id, user_id, thread_id, step_format, job, is_head)
  VALUES (p_run, p_user, p_thread, p_format, p_job,
          NOT EXISTS (SELECT FROM bulkhead.run_queue q WHERE q.thread_id = p_thread));
$$;--> statement-breakpoint

DROP FUNCTION bulkhead.claim_runs(text, uuid, text[], integer, integer);--> statement-breakpoint
-- Takes runs for a node: the users' first ones in turn, never more of a user at a time than that user's limit.
-- Claims of all nodes take turns, which is what makes the limit exact. One statement, so that a node that freezes
-- half-way can't hold the others up.
CREATE FUNCTION bulkhead.claim_runs(p_node text, p_claim uuid, p_formats text[], p_room integer, p_per_user integer)
RETURNS TABLE (run_id uuid, epoch integer, step_format text, job text)
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog AS $$
BEGIN
  IF p_room <= 0 THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('bulkhead claims', 0));
  RETURN QUERY
  WITH RECURSIVE waiting AS (
    -- One index seek per user, however many runs wait.
    (SELECT q.user_id FROM bulkhead.run_queue q WHERE q.node_id IS NULL AND q.is_head ORDER BY q.user_id LIMIT 1)
    UNION ALL
    SELECT (SELECT q.user_id FROM bulkhead.run_queue q
             WHERE q.node_id IS NULL AND q.is_head AND q.user_id > w.user_id ORDER BY q.user_id LIMIT 1)
      FROM waiting w WHERE w.user_id IS NOT NULL
  ), users AS (
    SELECT w.user_id, coalesce(l.running, p_per_user) AS most,
           (SELECT count(*) FROM bulkhead.run_queue q WHERE q.user_id = w.user_id AND q.node_id IS NOT NULL) AS running
      FROM waiting w LEFT JOIN bulkhead.run_limits l ON l.user_id = w.user_id
     WHERE w.user_id IS NOT NULL
  ), candidates AS (
    SELECT c.run_id, c.position, u.running + row_number() OVER (PARTITION BY u.user_id ORDER BY c.position) AS turn
      FROM users u CROSS JOIN LATERAL (
        SELECT q.run_id, q.position FROM bulkhead.run_queue q
         WHERE q.user_id = u.user_id AND q.node_id IS NULL AND q.is_head
           AND (q.not_before IS NULL OR q.not_before <= now())
           -- What has begun needs a node that reads its steps; when there is none left, anyone may end it.
           AND (q.epoch = 0 OR q.step_format = ANY (p_formats) OR NOT EXISTS (
             SELECT FROM bulkhead.nodes n
              WHERE q.step_format = ANY (n.step_formats) AND n.heard_at > now() - interval '1 minute'))
         ORDER BY q.position LIMIT greatest(u.most - u.running, 0)) c
  ), chosen AS (
    SELECT c.run_id FROM candidates c ORDER BY c.turn, c.position LIMIT p_room
  ), locked AS (
    -- One that is being cancelled is its canceller's.
    SELECT q.run_id FROM bulkhead.run_queue q JOIN chosen USING (run_id)
     WHERE q.node_id IS NULL FOR UPDATE OF q SKIP LOCKED
  )
  UPDATE bulkhead.run_queue q
     SET node_id = p_node, claim_id = p_claim, epoch = q.epoch + 1, claimed_at = now(), not_before = NULL,
         step_format = CASE WHEN q.epoch = 0 THEN p_formats[1] ELSE q.step_format END
    FROM locked WHERE q.run_id = locked.run_id
  RETURNING q.run_id, q.epoch, q.step_format, q.job;
END;
$$;--> statement-breakpoint

-- Brings a run to a terminal state, with what it used, and forgets its steps. Raises when it is in none of the states
-- that the new one may follow: then somebody else has ended it.
CREATE FUNCTION bulkhead.end_run(p_run uuid, p_from text[], p_state text, p_error jsonb, p_steps integer,
                                 p_tool_calls integer, p_input_tokens integer, p_output_tokens integer, p_cost bigint)
RETURNS void LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog AS $$
BEGIN
  UPDATE bulkhead.runs
     SET state = p_state, finished_at = now(), error = p_error, steps = p_steps, tool_calls = p_tool_calls,
         input_tokens = p_input_tokens, output_tokens = p_output_tokens, cost_nano = p_cost
   WHERE run_id = p_run AND state = ANY (p_from);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the run has ended' USING ERRCODE = 'BH409';
  END IF;
  DELETE FROM bulkhead.run_steps WHERE run_id = p_run;
END;
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION bulkhead.enter_queue, bulkhead.claim_runs, bulkhead.end_run FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION bulkhead.enter_queue, bulkhead.claim_runs TO bulkhead_engine;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION bulkhead.end_run TO bulkhead_app;
