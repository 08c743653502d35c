CREATE TABLE "bulkhead"."flag_changes" (
	"change_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "bulkhead"."flag_changes_change_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"value" jsonb,
	"reason" text NOT NULL,
	"changed_by" text NOT NULL,
	"changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bulkhead"."nodes" (
	"node_id" text PRIMARY KEY NOT NULL,
	"step_formats" text[] NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"heard_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bulkhead"."run_limits" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"running" integer,
	"unfinished" integer,
	"changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."run_limits" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bulkhead"."run_queue" (
	"run_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"position" bigint GENERATED ALWAYS AS IDENTITY (sequence name "bulkhead"."run_queue_position_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"is_head" boolean NOT NULL,
	"step_format" text NOT NULL,
	"node_id" text,
	"epoch" integer DEFAULT 0 NOT NULL,
	"claim_id" uuid,
	"not_before" timestamp (3) with time zone,
	"enqueued_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"claimed_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "bulkhead"."run_queue" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "bulkhead"."runs" ADD COLUMN "epoch" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "bulkhead"."threads" ADD COLUMN "when_busy" text DEFAULT 'enqueue' NOT NULL;--> statement-breakpoint
ALTER TABLE "bulkhead"."run_limits" ADD CONSTRAINT "run_limits_user_id_accounts_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "bulkhead"."accounts"("user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulkhead"."run_queue" ADD CONSTRAINT "run_queue_run_owner" FOREIGN KEY ("run_id","user_id") REFERENCES "bulkhead"."runs"("run_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "flag_changes_newest" ON "bulkhead"."flag_changes" USING btree ("name","change_id");--> statement-breakpoint
CREATE INDEX "run_queue_waiting" ON "bulkhead"."run_queue" USING btree ("user_id","position") WHERE node_id is null and is_head;--> statement-breakpoint
CREATE INDEX "run_queue_taken" ON "bulkhead"."run_queue" USING btree ("user_id") WHERE node_id is not null;--> statement-breakpoint
CREATE INDEX "run_queue_node" ON "bulkhead"."run_queue" USING btree ("node_id") WHERE node_id is not null;--> statement-breakpoint
CREATE INDEX "run_queue_user" ON "bulkhead"."run_queue" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "run_queue_thread" ON "bulkhead"."run_queue" USING btree ("thread_id","position");--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."run_limits" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "engine" ON "bulkhead"."run_limits" AS PERMISSIVE FOR ALL TO "bulkhead_engine" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "owner_only" ON "bulkhead"."run_queue" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting('app.user_id')::uuid)) WITH CHECK (user_id = (select current_setting('app.user_id')::uuid));--> statement-breakpoint
CREATE POLICY "engine" ON "bulkhead"."run_queue" AS PERMISSIVE FOR ALL TO "bulkhead_engine" USING (true) WITH CHECK (true);--> statement-breakpoint

-- What drizzle-kit can't describe: FORCE, rights, and the functions of the queue.
ALTER TABLE bulkhead.run_queue FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.run_limits FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT USAGE ON SCHEMA bulkhead TO bulkhead_engine;--> statement-breakpoint
GRANT SELECT ON bulkhead.run_queue, bulkhead.run_limits TO bulkhead_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON bulkhead.run_queue, bulkhead.run_limits, bulkhead.nodes TO bulkhead_engine;--> statement-breakpoint
-- A change of a flag is never rewritten.
GRANT SELECT, INSERT ON bulkhead.flag_changes TO bulkhead_engine;--> statement-breakpoint

-- What admission must know, counted while no other message of the user, and nothing else in the thread, gets in between.
CREATE FUNCTION bulkhead.hold_admission(p_user uuid, p_thread uuid)
RETURNS TABLE (unfinished integer, unfinished_limit integer, when_busy text, busy_run uuid)
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('bulkhead admission ' || p_user, 0));
  SELECT t.when_busy INTO when_busy FROM bulkhead.threads t WHERE t.thread_id = p_thread FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no such thread' USING ERRCODE = 'BH404';
  END IF;
  SELECT count(*) INTO unfinished FROM bulkhead.run_queue q WHERE q.user_id = p_user;
  SELECT l.unfinished INTO unfinished_limit FROM bulkhead.run_limits l WHERE l.user_id = p_user;
  SELECT q.run_id INTO busy_run FROM bulkhead.run_queue q
   WHERE q.thread_id = p_thread ORDER BY q.position LIMIT 1;
  RETURN NEXT;
END;
$$;--> statement-breakpoint

-- Joins the queue. The caller holds the lock of the thread, which makes the order of positions that of the thread.
CREATE FUNCTION bulkhead.enter_queue(p_run uuid, p_user uuid, p_thread uuid, p_format text)
RETURNS void LANGUAGE sql SECURITY INVOKER SET search_path = pg_catalog AS $$
  INSERT INTO bulkhead.run_queue (run_id, user_id, thread_id, step_format, is_head)
  VALUES (p_run, p_user, p_thread, p_format,
          NOT EXISTS (SELECT FROM bulkhead.run_queue q WHERE q.thread_id = p_thread));
$$;--> statement-breakpoint

-- Leaves the queue for good, and lets the next run of the thread come forward. The caller holds the thread's lock.
CREATE FUNCTION bulkhead.leave_queue(p_run uuid)
RETURNS void LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog AS $$
DECLARE
  v_thread uuid;
BEGIN
  DELETE FROM bulkhead.run_queue WHERE run_id = p_run RETURNING thread_id INTO v_thread;
  UPDATE bulkhead.run_queue SET is_head = true
   WHERE run_id = (SELECT q.run_id FROM bulkhead.run_queue q WHERE q.thread_id = v_thread ORDER BY q.position LIMIT 1)
     AND NOT is_head;
END;
$$;--> statement-breakpoint

-- Takes runs for a node: the users' first ones in turn, never more of a user at a time than that user's limit.
-- Claims of all nodes take turns, which is what makes the limit exact. One statement, so that a node that freezes
-- half-way can't hold the others up.
CREATE FUNCTION bulkhead.claim_runs(p_node text, p_claim uuid, p_formats text[], p_room integer, p_per_user integer)
RETURNS TABLE (run_id uuid, epoch integer, step_format text)
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
  RETURNING q.run_id, q.epoch, q.step_format;
END;
$$;--> statement-breakpoint

-- Says that a node lives, gives back what nodes that are gone had, and tells the node which of its runs are not its own
-- any more. A node is gone when it misses a beat and its session lock is free, or when it was not heard of for the
-- lease. A node that was away itself, because the database was, does not judge: the others need a moment as well.
CREATE FUNCTION bulkhead.node_beat(p_node text, p_formats text[], p_runs uuid[], p_epochs integer[], p_lease interval)
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
      UPDATE bulkhead.run_queue q SET node_id = NULL, claim_id = NULL
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
$$;--> statement-breakpoint

DROP FUNCTION bulkhead.append_events(uuid, uuid, text, jsonb);--> statement-breakpoint
-- Stores a batch of events with the thread's next sequence numbers, once, and only while the run is alive.
-- The row lock on the thread is held until commit, so the order of sequence numbers is the order of commits
-- and a rolled-back batch leaves no hole. Runs with the caller's rights: row-level security applies.
-- With an epoch, only for the claim that executes the run now: whoever lost it stores nothing any more.
CREATE FUNCTION bulkhead.append_events(p_thread uuid, p_run uuid, p_batch text, p_events jsonb,
                                       p_epoch integer DEFAULT NULL)
RETURNS TABLE (first_seq bigint, stored boolean, stored_at text)
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog AS $$
DECLARE
  v_owner uuid;
  v_last bigint;
  v_state text;
  v_epoch integer;
  v_now timestamptz;
BEGIN
  -- Not FOR UPDATE: the foreign key of a run inserted before, in two transactions at once, would make a deadlock.
  SELECT user_id, last_seq INTO v_owner, v_last
    FROM bulkhead.threads WHERE thread_id = p_thread FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no such thread' USING ERRCODE = 'BH404';
  END IF;

  SELECT state, epoch INTO v_state, v_epoch FROM bulkhead.runs WHERE run_id = p_run AND thread_id = p_thread;
  -- Before anything else: a batch that is stored already must not encourage whoever lost the run.
  IF p_epoch IS NOT NULL AND v_epoch IS DISTINCT FROM p_epoch THEN
    RAISE EXCEPTION 'the run is executed elsewhere' USING ERRCODE = 'BH410';
  END IF;

  SELECT min(e.seq) INTO first_seq
    FROM bulkhead.events e WHERE e.run_id = p_run AND e.batch_key = p_batch;
  IF first_seq IS NOT NULL THEN
    stored := false;
    RETURN NEXT;
    RETURN;
  END IF;

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
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION bulkhead.append_events FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION bulkhead.hold_admission, bulkhead.enter_queue, bulkhead.leave_queue, bulkhead.claim_runs, bulkhead.node_beat FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION bulkhead.append_events, bulkhead.hold_admission TO bulkhead_app;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION bulkhead.enter_queue, bulkhead.leave_queue, bulkhead.claim_runs, bulkhead.node_beat TO bulkhead_engine;
