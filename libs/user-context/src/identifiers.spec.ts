import { randomUUID } from 'node:crypto';
import { InvalidContextError } from './context.errors.ts';
import * as identifiers from './identifiers.ts';

const parsers = {
  userId: identifiers.parseUserId,
  threadId: identifiers.parseThreadId,
  runId: identifiers.parseRunId,
  websocketClientId: identifiers.parseWebsocketClientId,
  requestId: identifiers.parseRequestId,
};

describe.each(Object.entries(parsers))('Parsing a %s', (field, parse) => {
  it('returns the value as it is', () => {
    const id = randomUUID();
    expect(parse(id)).toBe(id);
  });

  it('names the field, and never the value', () => {
    expect(() => parse('test_secret')).toThrow(
      expect.objectContaining({
        message: `${field} must be a real id, not a placeholder.`,
        details: { field },
      }),
    );
  });

  it('names the field as the caller knows it', () => {
    expect(() => parse('', 'body.id')).toThrow('body.id must not be empty.');
  });
});

describe('A request id', () => {
  it('is a UUID', () => {
    expect(() => identifiers.parseRequestId('req-42')).toThrow('requestId must be a UUID.');
    expect(() => identifiers.parseRequestId(`${randomUUID()}0`)).toThrow(InvalidContextError);
    expect(() => identifiers.parseRequestId(`0${randomUUID()}`)).toThrow(InvalidContextError);
  });
});

describe('A generated id', () => {
  it.each([
    ['thread', identifiers.newThreadId, identifiers.parseThreadId],
    ['run', identifiers.newRunId, identifiers.parseRunId],
    ['request', identifiers.newRequestId, identifiers.parseRequestId],
  ] as const)('of a %s is valid and new each time', (_kind, generate, parse) => {
    const id = generate();
    expect(parse(id)).toBe(id);
    expect(generate()).not.toBe(id);
  });
});

describe('A UTC instant', () => {
  it('is what Date.toISOString writes', () => {
    expect(identifiers.parseUtcInstant('2026-01-31T12:00:00.000Z')).toBe('2026-01-31T12:00:00.000Z');
    expect(identifiers.parseUtcInstant(identifiers.utcNow())).toBeDefined();
  });

  it.each([
    '2026-01-31',
    '2026-01-31T12:00:00Z',
    '2026-01-31T12:00:00.000+01:00',
    '2026-02-30T12:00:00.000Z',
    'yesterday',
    '',
    1_769_860_800_000,
    new Date(),
    null,
  ])('is not %p', (value) => {
    expect(() => identifiers.parseUtcInstant(value)).toThrow('createdAt must be a UTC instant');
  });
});

describe('A UUID', () => {
  it('is the same identifier in capitals', () => {
    const uuid = '0192F0C1-7A3B-4C5D-8E6F-001122AABBCC';
    expect(identifiers.parseThreadId(uuid)).toBe(uuid.toLowerCase());
    expect(identifiers.parseThreadId('Thread-A')).toBe('Thread-A');
  });
});
