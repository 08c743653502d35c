ALTER TABLE "bulkhead"."run_queue" ADD COLUMN "interruptions" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "bulkhead"."runs" ADD COLUMN "progress_steps" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "bulkhead"."runs" ADD COLUMN "progress_interruptions" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "bulkhead"."runs" ADD COLUMN "session_id" uuid;--> statement-breakpoint
ALTER TABLE "bulkhead"."runs" ADD COLUMN "requeued_as" uuid;--> statement-breakpoint
GRANT SELECT (session_id) ON bulkhead.runs TO bulkhead_admin;--> statement-breakpoint

DROP FUNCTION bulkhead.claim_runs(text, uuid, text[], integer, integer);--> statement-breakpoint
-- Takes runs for a node: the users' first ones in turn, never more of a user at a time than that user's limit.
-- Claims of all nodes take turns, which is what makes the limit exact. One statement, so that a node that freezes
-- half-way can't hold the others up.
-- A run that was interrupted twice begins beside no other such run of its node: the run that kills its nodes must not
-- take its neighbours along until they look like it.
CREATE FUNCTION bulkhead.claim_runs(p_node text, p_claim uuid, p_formats text[], p_room integer, p_per_user integer)
RETURNS TABLE (run_id uuid, epoch integer, step_format text, job text, interruptions integer)
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
    SELECT c.run_id, c.position, c.is_suspect,
           u.running + row_number() OVER (PARTITION BY u.user_id ORDER BY c.position) AS turn
      FROM users u CROSS JOIN LATERAL (
        SELECT q.run_id, q.position, q.interruptions >= 2 AS is_suspect FROM bulkhead.run_queue q
         WHERE q.user_id = u.user_id AND q.node_id IS NULL AND q.is_head
           AND (q.not_before IS NULL OR q.not_before <= now())
           -- What has begun needs a node that reads its steps; when there is none left, anyone may end it.
           AND (q.epoch = 0 OR q.step_format = ANY (p_formats) OR NOT EXISTS (
             SELECT FROM bulkhead.nodes n
              WHERE q.step_format = ANY (n.step_formats) AND n.heard_at > now() - interval '1 minute'))
         ORDER BY q.position LIMIT greatest(u.most - u.running, 0)) c
  ), ordered AS (
    SELECT c.*, row_number() OVER (PARTITION BY c.is_suspect ORDER BY c.turn, c.position) AS place FROM candidates c
  ), chosen AS (
    SELECT o.run_id FROM ordered o
     WHERE NOT o.is_suspect OR (o.place = 1 AND NOT EXISTS (
             SELECT FROM bulkhead.run_queue q
              WHERE q.node_id = p_node AND q.interruptions >= 2 AND q.claimed_at > now() - interval '1 minute'))
     ORDER BY o.turn, o.position LIMIT p_room
  ), locked AS (
    -- One that is being cancelled is its canceller's.
    SELECT q.run_id FROM bulkhead.run_queue q JOIN chosen USING (run_id)
     WHERE q.node_id IS NULL FOR UPDATE OF q SKIP LOCKED
  )
  UPDATE bulkhead.run_queue q
     SET node_id = p_node, claim_id = p_claim, epoch = q.epoch + 1, claimed_at = now(), not_before = NULL,
         step_format = CASE WHEN q.epoch = 0 THEN p_formats[1] ELSE q.step_format END
    FROM locked WHERE q.run_id = locked.run_id
  RETURNING q.run_id, q.epoch, q.step_format, q.job, q.interruptions;
END;
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION bulkhead.claim_runs FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION bulkhead.claim_runs TO bulkhead_engine;--> statement-breakpoint

-- Says that a node lives, gives back what nodes that are gone had, and tells the node which of its runs are not its own
-- any more. A node is gone when it misses a beat and its session lock is free, or when it was not heard of for the
-- lease. A node that was away itself, because the database was, does not judge: the others need a moment as well.
CREATE OR REPLACE FUNCTION bulkhead.node_beat(p_node text, p_formats text[], p_runs uuid[], p_epochs integer[], p_lease interval)
RETURNS TABLE (lost_run uuid, lost_epoch integer)
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog AS $$
DECLARE
  v_last timestamptz;
  v_other text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('bulkhead claims', 0));
  SELECT n.heard_at INTO v_last FROM bulkhead.nodes n WHERE n.node_id = p_node;
  INSERT INTO bulkhead.nodes (node_id, step_formats) VALUES (p_node, p_formats)
    ON CONFLICT (node_id) DO UPDATE SET heard_at = now(), step_formats = p_formats;
  FOR v_other IN
    SELECT DISTINCT q.node_id FROM bulkhead.run_queue q LEFT JOIN bulkhead.nodes n ON n.node_id = q.node_id
     WHERE q.node_id <> p_node AND v_last > now() - interval '3 seconds'
       AND coalesce(n.heard_at, '-infinity') < now() - interval '2 seconds'
  LOOP
    IF NOT EXISTS (SELECT FROM bulkhead.nodes n WHERE n.node_id = v_other AND n.heard_at > now() - p_lease)
       OR pg_try_advisory_xact_lock(hashtextextended('bulkhead node ' || v_other, 0)) THEN
      UPDATE bulkhead.run_queue q SET node_id = NULL, claim_id = NULL, interruptions = q.interruptions + 1
       WHERE q.run_id IN (SELECT o.run_id FROM bulkhead.run_queue o WHERE o.node_id = v_other FOR UPDATE SKIP LOCKED);
    END IF;
  END LOOP;
  -- Taken and not begun: what a failed dispatch left behind.
  UPDATE bulkhead.run_queue q SET node_id = NULL, claim_id = NULL
   WHERE q.run_id IN (SELECT o.run_id FROM bulkhead.run_queue o
                       WHERE o.node_id = p_node AND NOT o.run_id = ANY (p_runs)
                         AND o.claimed_at < now() - interval '2 seconds' FOR UPDATE SKIP LOCKED);
  RETURN QUERY
  SELECT m.run_id, m.epoch FROM unnest(p_runs, p_epochs) AS m (run_id, epoch)
   WHERE NOT EXISTS (SELECT FROM bulkhead.run_queue q
                      WHERE q.run_id = m.run_id AND q.node_id = p_node AND q.epoch = m.epoch);
END;
$$;
