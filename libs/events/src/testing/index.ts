export { openTestEvents, type TestEvents } from './test-events.ts';
export { textBatch } from './text-batch.ts';
