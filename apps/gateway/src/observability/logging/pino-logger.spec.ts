import { randomUUID } from 'node:crypto';
import { PinoLogger, type LogOptions } from './pino-logger.service.ts';

function open(options: Partial<LogOptions> = {}) {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { logger: new PinoLogger({ level: 'info', ...options, destination: { write } }), lines };
}

describe('a line of the log', () => {
  it('has the ids of its context, and the name of its module', () => {
    const { logger, lines } = open();
    const ids = {
      requestId: randomUUID(),
      userId: randomUUID(),
      threadId: randomUUID(),
      runId: randomUUID(),
    };
    logger.log({ ...ids, outcome: 'completed', durationMs: 12 }, 'Runs');
    expect(lines).toEqual([
      expect.objectContaining({ ...ids, name: 'Runs', outcome: 'completed', durationMs: 12 }),
    ]);
  });

  it.each(['content', 'text', 'arguments', 'result', 'body', 'password', 'headers', 'prompt', 'data'])(
    'says nothing of a field "%s", whoever passes it',
    (field) => {
      const { logger, lines } = open();
      logger.log({ runId: randomUUID(), [field]: 'what Ada said' }, 'Planted');
      expect(JSON.stringify(lines)).not.toContain('what Ada said');
    },
  );

  it.each([
    ['userId', 'ada said: my password is hunter2'],
    ['outcome', { text: 'what Ada said' }],
    ['durationMs', 'what Ada said'],
    ['agentName', 'x'.repeat(1_000)],
  ])('says nothing of a %s that is none', (field, value) => {
    const { logger, lines } = open();
    logger.log({ [field]: value }, 'Planted');
    expect(lines[0]).toHaveProperty(field, '[left out]');
  });

  it('tells of an error what happened and where, but no secret that it quotes', () => {
    const { logger, lines } = open();
    const cause = new Error('{"apiKey":"canary-7f3a"}');
    logger.error({ err: new TypeError('Could not connect', { cause }) }, 'Planted');
    expect(lines[0]).toMatchObject({ err: { type: 'TypeError', message: 'Could not connect' } });
    expect(JSON.stringify(lines)).not.toContain('canary-7f3a');
  });

  it('may have a text beside its fields', () => {
    const { logger, lines } = open();
    logger.error({ runId: 'r' }, 'A run can not be executed.', 'RunQueue');
    expect(lines[0]).toMatchObject({ name: 'RunQueue', runId: 'r', msg: 'A run can not be executed.' });
  });
});

describe('the level of the log', () => {
  it('can be set for single modules', () => {
    const { logger, lines } = open({ level: 'warn', levels: 'Steps=debug,Requests=silent' });
    logger.debug({ step: 'model' }, 'Steps');
    logger.fatal({ status: 200 }, 'Requests');
    logger.log('quiet', 'Other');
    logger.warn('loud', 'Other');
    expect(lines.map(({ name, level }) => [name, level])).toEqual([
      ['Steps', 20],
      ['Other', 40],
    ]);
  });
});
