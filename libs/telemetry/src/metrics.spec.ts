import { randomUUID } from 'node:crypto';
import { METRICS } from './metric-catalogue.ts';
import { assertBounded, LabelGuard, OTHER, type MetricDefinition } from './metric-definition.ts';
import { Metrics } from './metrics.service.ts';

const valueOf = async (metrics: Metrics, series: string): Promise<string | undefined> =>
  (await metrics.text())
    .split('\n')
    .find((line) => line.startsWith(`${series} `))
    ?.split(' ')
    .at(-1);

const labelled = (labels: MetricDefinition['labels']): MetricDefinition => ({
  kind: 'counter',
  help: 'Planted.',
  ...(labels && { labels }),
});

describe('a scrape while something can not be read', () => {
  it('shows everything else, of labelled metrics and of others', async () => {
    const metrics = new Metrics();
    let isAway = true;
    const read = (readings: [number, Record<string, string>?][]) => () =>
      isAway ? Promise.reject(new Error('away')) : Promise.resolve(readings as never);
    metrics.read('bulkhead_queue_runs', read([[3, { state: 'waiting' }]]));
    metrics.read('bulkhead_engines_active', read([[7]]));
    metrics.count('bulkhead_runs_total', { state: 'completed' });
    const away = await metrics.text();
    expect(away).toContain('bulkhead_runs_total{state="completed"} 1');
    expect(away).not.toMatch(/^bulkhead_(?:queue_runs|engines_active)\b/m);
    isAway = false;
    const back = await metrics.text();
    expect(back).toContain('bulkhead_queue_runs{state="waiting"} 3');
    expect(back).toContain('bulkhead_engines_active 7');
  });
});

describe('metrics', () => {
  it('show what was counted, by label', async () => {
    const metrics = new Metrics();
    metrics.count('bulkhead_runs_total', { state: 'completed' });
    metrics.count('bulkhead_runs_total', { state: 'completed' }, 2);
    metrics.observe('bulkhead_run_seconds', 2);
    expect(await valueOf(metrics, 'bulkhead_runs_total{state="completed"}')).toBe('3');
    expect(await valueOf(metrics, 'bulkhead_run_seconds_count')).toBe('1');
  });

  it('read gauges, and counters that are kept elsewhere, whenever somebody looks', async () => {
    const metrics = new Metrics();
    let open = 3;
    metrics.read('bulkhead_scopes_open', () => [[open]]);
    metrics.read('bulkhead_scopes_opened_total', () => [[7]]);
    expect(await valueOf(metrics, 'bulkhead_scopes_open')).toBe('3');
    open = 1;
    expect(await valueOf(metrics, 'bulkhead_scopes_open')).toBe('1');
    expect(await valueOf(metrics, 'bulkhead_scopes_opened_total')).toBe('7');
  });

  it('leave out what can not be read, and show the rest', async () => {
    const metrics = new Metrics();
    metrics.read('bulkhead_queue_oldest_seconds', () => Promise.reject(new Error('The database is away.')));
    metrics.read('bulkhead_scopes_open', () => [[2]]);
    expect(await valueOf(metrics, 'bulkhead_queue_oldest_seconds')).toBeUndefined();
    expect(await valueOf(metrics, 'bulkhead_scopes_open')).toBe('2');
  });

  it('name their unit, or that they are a total', () => {
    for (const [name, { kind }] of Object.entries(METRICS)) {
      expect(name).toMatch(/^bulkhead_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(kind === 'counter');
      if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
    }
  });
});

describe('the number of series', () => {
  it('is bounded for every metric', () => {
    for (const [name, definition] of Object.entries(METRICS)) {
      expect(() => assertBounded(name, definition)).not.toThrow();
    }
  });

  it.each([
    'user_id',
    'userId',
    'user',
    'account',
    'email',
    'thread_id',
    'run_id',
    'session',
    'ip',
    'request_id',
  ])('is found wanting when a label is "%s"', (label) => {
    const planted = labelled({ [label]: { atMost: 10 } });
    expect(() => assertBounded('bulkhead_planted_total', planted)).toThrow(new RegExp(label));
  });

  it('is found wanting when labels multiply', () => {
    const planted = labelled({ tool: { atMost: 200 }, agent: { atMost: 200 } });
    expect(() => assertBounded('bulkhead_planted_total', planted)).toThrow(/40000 series/);
  });

  it.each([randomUUID(), randomUUID().replaceAll('-', ''), 'ada@example.org', '192.0.2.7', 'x'.repeat(65)])(
    'does not grow by the value %s',
    (value) => expect(new LabelGuard({ atMost: 10 }).pass(value)).toBe(OTHER),
  );

  it('does not grow beyond what a label may have', async () => {
    const metrics = new Metrics();
    for (let index = 0; index < 1_000; index += 1) {
      metrics.count('bulkhead_tool_calls_total', { tool: `tool_${index}`, outcome: 'succeeded' });
    }
    const series = (await metrics.text()).match(/^bulkhead_tool_calls_total\{/gm);
    expect(series).toHaveLength(201);
    expect(await valueOf(metrics, 'bulkhead_tool_calls_total{tool="other",outcome="succeeded"}')).toBe('800');
    expect(await valueOf(metrics, 'bulkhead_labels_refused_total')).toBe('800');
  });

  it('does not grow when code passes a user’s id where the compiler did not look', async () => {
    const metrics = new Metrics();
    const userId = randomUUID();
    metrics.count('bulkhead_runs_total', { state: userId as 'completed' });
    expect(await metrics.text()).not.toContain(userId);
    expect(await valueOf(metrics, 'bulkhead_runs_total{state="other"}')).toBe('1');
  });
});
