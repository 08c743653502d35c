import {
  newRunId,
  parseThreadId,
  parseUserId,
  type RunId,
  type ThreadId,
  type UserId,
} from './identifiers.ts';
import { aContext } from './testing/index.ts';

const takesUserId = (id: UserId): string => id;
const takesThreadId = (id: ThreadId): string => id;
const takesRunId = (id: RunId): string => id;

/** The compiler is the judge here: a `@ts-expect-error` whose line compiles fails the type-check. */
describe('Identifier types', () => {
  it('accept what was parsed or generated', () => {
    expect(takesUserId(parseUserId('ada'))).toBe('ada');
    expect(takesRunId(newRunId())).toHaveLength(36);
    expect(takesThreadId(aContext().build().threadId)).toHaveLength(36);
  });

  it('refuse a plain string', () => {
    // @ts-expect-error -- a string is no UserId until it is parsed
    expect(takesUserId('ada')).toBe('ada');
    // @ts-expect-error -- nor is a string a ThreadId
    expect(takesThreadId('thread')).toBe('thread');
  });

  it('refuse each other', () => {
    // @ts-expect-error -- a ThreadId is no UserId
    expect(takesUserId(parseThreadId('thread'))).toBe('thread');
    // @ts-expect-error -- a UserId is no RunId
    expect(takesRunId(parseUserId('ada'))).toBe('ada');
  });
});

describe('The type of a context', () => {
  it('refuses every write', () => {
    const context = aContext().build();
    // @ts-expect-error -- the user of a context never changes
    expect(() => (context.userId = parseUserId('eve'))).toThrow(TypeError);
    // @ts-expect-error -- nor does anything inside its records
    expect(() => (context.agentContext['note'] = 'eve')).toThrow(TypeError);
  });
});
