import fc from 'fast-check';
import { ContextIsolationError, InvalidContextError } from './context.errors.ts';
import { ownRecord } from './context-records.ts';
import { parseUserId } from './identifiers.ts';
import { verifyOwnership } from './ownership-registry.ts';
import { anyRecord } from './testing/arbitraries.ts';

const ada = parseUserId('ada');
const owner = Symbol('context');
const own = (record: unknown): object => ownRecord(record, 'agentContext', ada, owner);

const contextFields = [
  ...['userId', 'threadId', 'runId', 'requestId', 'websocketClientId', 'createdAt', 'agentContext'],
  ...['auditMetadata', 'operationDepth', 'parentRequestId', 'identity', 'databaseSession'],
];
const spellings = (key: string): string[] => {
  const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return [
    key,
    snake,
    snake.replaceAll('_', '-'),
    snake.replaceAll('_', '.'),
    snake.replaceAll('_', ' '),
  ].flatMap((spelling) => [spelling, spelling.toUpperCase(), `_${spelling}`, `${spelling}\u200b`]);
};

describe("A context's record", () => {
  it.each(contextFields)('has no key %s of its own, in any spelling', (field) => {
    for (const key of spellings(field)) {
      expect(() => own({ [key]: ada })).toThrow(InvalidContextError);
      expect(() => own({ [key]: ada })).toThrow('is a reserved key');
    }
  });

  it('may use a field name deeper down, where it describes something else', () => {
    expect(own({ quoted: { threadId: 'another', requestId: 'another' } })).toBeDefined();
  });

  it("may carry the user's own id deeper down", () => {
    expect(own({ owner: { userId: 'ada' }, list: [{ user_id: 'ada' }] })).toBeDefined();
  });

  it.each(spellings('userId'))("never carries somebody else's id as %p, at any depth", (key) => {
    for (const foreign of ['eve', ['ada'], { id: 'ada' }, null, 7, 'ADA']) {
      expect(() => own({ owner: { [key]: foreign } })).toThrow(ContextIsolationError);
      expect(() => own({ list: [[{ [key]: foreign }]] })).toThrow(ContextIsolationError);
    }
  });

  it('does not say whose id it was', () => {
    expect(() => own({ owner: { userId: 'eve' } })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('eve') }),
    );
  });

  it('is owned, at every level, by one context', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const owned = own(record);
        verifyOwnership(owned, owner);
        expect(() => verifyOwnership(owned, Symbol('another'))).toThrow(ContextIsolationError);
      }),
    );
  });
});
