-- Runs that were accepted before there was this queue: their nodes have stopped, and any node may continue them.
ALTER TABLE bulkhead.run_queue NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.runs NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
INSERT INTO bulkhead.run_queue (run_id, user_id, thread_id, step_format, is_head, enqueued_at)
  SELECT r.run_id, r.user_id, r.thread_id, '1',
         row_number() OVER (PARTITION BY r.thread_id ORDER BY r.created_at, r.run_id) = 1, r.created_at
    FROM bulkhead.runs r
   WHERE r.state IN ('queued', 'running', 'waiting')
     AND NOT EXISTS (SELECT FROM bulkhead.run_queue q WHERE q.run_id = r.run_id)
   ORDER BY r.created_at, r.run_id;--> statement-breakpoint
ALTER TABLE bulkhead.run_queue FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE bulkhead.runs FORCE ROW LEVEL SECURITY;
