import type { Sabotage } from './sabotage.ts';

const migrations = 'libs/persistence/migrations/*.sql';

/** Of what stores events and brings them to their owner. */
export const deliverySabotages: readonly Sabotage[] = [
  {
    name: 'sequence from a bigserial',
    breaks: 'sequence numbers have no holes, and the order of commits',
    places: [
      {
        file: migrations,
        find: 'SELECT user_id, last_seq INTO v_owner, v_last FROM bulkhead.threads WHERE thread_id = p_thread FOR NO KEY UPDATE; IF NOT FOUND THEN',
        replace:
          "SELECT user_id INTO v_owner FROM bulkhead.threads WHERE thread_id = p_thread;\n  SELECT max(nextval('bulkhead.event_numbers')) - jsonb_array_length(p_events) INTO v_last FROM jsonb_array_elements(p_events);\n  IF v_owner IS NULL THEN",
      },
      {
        file: migrations,
        find: 'GRANT EXECUTE ON FUNCTION bulkhead.append_events, bulkhead.hold_admission TO bulkhead_app;--> statement-breakpoint',
        replace:
          'GRANT EXECUTE ON FUNCTION bulkhead.append_events, bulkhead.hold_admission TO bulkhead_app;--> statement-breakpoint\nCREATE SEQUENCE bulkhead.event_numbers;--> statement-breakpoint\nGRANT USAGE ON SEQUENCE bulkhead.event_numbers TO bulkhead_app;--> statement-breakpoint',
      },
    ],
    guard: { spec: 'libs/events/src/log/event-log.concurrency.spec.ts' },
  },
  {
    name: 'NOTIFY that carries the events',
    breaks: 'what travels between nodes names a thread and carries nothing',
    places: [
      {
        file: 'libs/events/src/fanout/event-router.service.ts',
        find: 'for (const listener of this.#listeners.get(key)?.keys() ?? []) listener(events); for (const watcher of this.#watchers) watcher(key);',
        replace:
          'for (const listener of this.#listeners.get(key)?.keys() ?? []) listener(events);\n    for (const watcher of this.#watchers) watcher(`${key} ${JSON.stringify(events)}` as RouteKey);',
      },
    ],
    guard: { spec: 'libs/events/src/fanout/event-notifier.spec.ts', test: 'carries nothing' },
  },
  {
    name: 'event that is sent before it is committed',
    breaks: 'stored first, then sent',
    places: [
      {
        file: 'libs/events/src/emitter/user-event-emitter.service.ts',
        find: 'transaction.afterCommit(() => this.#publish(stored));',
        replace: 'this.#publish(stored);',
      },
    ],
    guard: { spec: 'libs/events/src/emitter/user-event-emitter.service.spec.ts' },
  },
  {
    name: 'batch that is stored again when it is sent again',
    breaks: 'a repeated step adds no event twice',
    places: [
      {
        file: migrations,
        find: 'FROM bulkhead.events e WHERE e.run_id = p_run AND e.batch_key = p_batch; IF first_seq IS NOT NULL THEN',
        replace: 'FROM bulkhead.events e WHERE false;\n  IF first_seq IS NOT NULL THEN',
      },
    ],
    guard: { spec: 'libs/events/src/log/event-log.spec.ts' },
  },
  {
    name: 'gap in the seam between replay and live',
    breaks: 'replay and live are one reader, without a gap',
    places: [
      {
        file: 'libs/events/src/reader/thread-reader.service.ts',
        find: 'const unsubscribe = this.router.subscribe(context, threadId, (news) => inbox.add(news));',
        replace:
          'let unsubscribe = (): void => undefined;\n    setTimeout(() => (unsubscribe = this.router.subscribe(context, threadId, (news) => inbox.add(news))), 50);',
      },
    ],
    guard: { spec: 'libs/events/src/reader/thread-reader.seam.spec.ts' },
  },
  {
    name: 'live event that is taken in over a gap',
    breaks: 'a reader goes to the log for what it has not heard',
    places: [
      {
        file: 'libs/events/src/fanout/event-inbox.ts',
        find: 'const isComplete = !this.#isBehind && events.every((event, index) => event.seq === seq + index);',
        replace: 'const isComplete = !this.#isBehind;',
      },
    ],
    guard: { spec: 'libs/events/src/reader/thread-reader.schedules.spec.ts' },
  },
  {
    name: 'live events without a bound',
    breaks: 'a busy reader holds a bounded number of events',
    places: [
      {
        file: 'libs/events/src/fanout/event-inbox.ts',
        find: "news === 'behind' || !this.#hasRoomFor(news);",
        replace: "news === 'behind';",
      },
    ],
    guard: { spec: 'libs/events/src/fanout/event-inbox.spec.ts' },
  },
  {
    name: 'outbox without a bound',
    breaks: 'a client that takes nothing in costs little',
    places: [
      {
        file: 'apps/gateway/src/streaming/send-window.ts',
        find: 'return this.limit - RESERVE_BYTES;',
        // Without any bound its spec would fill it for ever.
        replace: 'return 100 * this.limit - RESERVE_BYTES;',
      },
    ],
    guard: { spec: 'apps/gateway/src/streaming/send-window.spec.ts' },
  },
  {
    name: 'pruned cursor without resync_required',
    breaks: 'a client is told what it can not be sent any more',
    places: [
      {
        file: 'libs/events/src/reader/thread-reader.service.ts',
        find: "if (afterSeq < range.oldestSeq - 1) throw new ResyncRequiredError(field, 'pruned_cursor', range);",
        replace: '',
      },
    ],
    guard: { spec: 'libs/events/src/log/event-retention.spec.ts' },
  },
  {
    name: 'cursor from the future that is believed',
    breaks: 'an unknown cursor is refused with what is stored',
    places: [
      {
        file: 'libs/events/src/reader/thread-reader.service.ts',
        find: "if (afterSeq > range.latestSeq) throw new ResyncRequiredError(field, 'future_cursor', range);",
        replace: '',
      },
    ],
    guard: { spec: 'libs/events/src/reader/thread-reader.spec.ts' },
  },
  {
    name: 'acknowledgement that is accepted from somebody else',
    breaks: 'only the owner acknowledges',
    places: [
      {
        file: 'libs/events/src/delivery-state/acknowledgements.service.ts',
        find: "if (!row) throw new ResourceNotFoundError('thread'); if (row.acked_seq",
        replace: 'if (!row) return seq;\n    if (row.acked_seq',
      },
    ],
    guard: { spec: 'libs/events/src/delivery-state/acknowledgements.spec.ts' },
  },
  {
    name: 'acknowledgement that goes back',
    breaks: 'acknowledgements are cumulative',
    places: [
      {
        file: 'libs/events/src/delivery-state/acknowledgements.service.ts',
        find: 'acked_seq = greatest(stored.acked_seq, excluded.acked_seq)',
        replace: 'acked_seq = excluded.acked_seq',
      },
    ],
    guard: { spec: 'libs/events/src/delivery-state/acknowledgements.spec.ts' },
  },
  {
    name: 'authorisation that is cached on the thread',
    breaks: 'each request for a thread is checked for its own user',
    places: [
      {
        file: 'libs/events/src/reader/thread-reader.service.ts',
        find: "if (!row) throw new ResourceNotFoundError('thread'); const range = { oldestSeq: Number(row.oldest_seq), latestSeq: Number(row.last_seq) };",
        replace:
          "const range = row\n      ? { oldestSeq: Number(row.oldest_seq), latestSeq: Number(row.last_seq) }\n      : known.get(threadId);\n    if (!range) throw new ResourceNotFoundError('thread');\n    known.set(threadId, range);",
      },
      {
        file: 'libs/events/src/reader/thread-reader.service.ts',
        find: 'const nothing: EventPage = { events: [], isLast: false };',
        replace:
          'const nothing: EventPage = { events: [], isLast: false };\nconst known = new Map<string, StoredRange>();',
      },
    ],
    guard: { spec: 'libs/events/src/reader/thread-reader.spec.ts' },
  },
  {
    name: 'client that hands out duplicates',
    breaks: 'a client is handed each event once, in order',
    places: [
      {
        file: 'libs/client/src/subscription.ts',
        find: 'else if (event.seq === this.#cursor + 1) {',
        replace: 'else if (event.seq <= this.#cursor + 1) {',
      },
    ],
    guard: { spec: 'libs/client/src/subscription.spec.ts' },
  },
];
