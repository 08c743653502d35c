import { readFileSync } from 'node:fs';
import { METRICS } from './metric-catalogue.ts';
import type { MetricDefinition } from './metric-definition.ts';
import { Metrics } from './metrics.service.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const rules = read('deploy/prometheus/bulkhead.rules.yml');
const cases = read('deploy/prometheus/bulkhead.rules.test.yml');
const dashboard = read('deploy/grafana/bulkhead.json');
const guide = read('docs/monitoring.md');

const metrics = new Metrics();
metrics.watchProcess();
const labelsOf = ({ labels = {} }: MetricDefinition) => Object.entries(labels);
/** Every name under which a metric is shown. */
const shown = new Set(
  metrics.names.flatMap((name) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]),
);
const namesIn = (text: string): string[] => [
  ...new Set(text.match(/\b(?:bulkhead|nodejs|process)_[a-z0-9_]+/g) ?? []),
];
const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, alert]) => alert);

describe('the files for monitoring', () => {
  it.each([
    ['the alert rules', rules],
    ['their cases', cases],
    ['the dashboard', dashboard],
    // With what begins the name of several: `bulkhead_queue_*`.
    ['the guide', guide.replace(/\w+_\*/g, '')],
  ])('know no metric that there is not: %s', (_, text) => {
    expect(namesIn(text).length).toBeGreaterThan(5);
    expect(namesIn(text).filter((name) => !shown.has(name))).toEqual([]);
  });

  it('notice a metric that was renamed', () => {
    expect(namesIn('sum(bulkhead_renamed_total)').filter((name) => !shown.has(name))).toHaveLength(1);
  });

  it.each(Object.entries(METRICS))('explain %s, its kind and its labels', (name, definition) => {
    const row = guide.split('\n').find((line) => line.startsWith(`| \`${name}\` `));
    expect(row).toContain(`| ${definition.kind} `);
    for (const [label, values] of labelsOf(definition)) {
      expect(row).toContain(`\`${label}\``);
      if ('atMost' in values || values.length > 6) continue;
      for (const value of values) expect(row).toContain(value);
    }
  });

  it.each(alerts)('say what %s means, and try it', (alert) => {
    expect(guide).toContain(`\`${alert}\``);
    expect(cases).toContain(`alertname: ${alert}`);
  });

  it('have every metric of ours on the dashboard, but the one about names', () => {
    const missing = Object.keys(METRICS).filter((name) => !dashboard.includes(name));
    expect(missing).toEqual(['bulkhead_labels_refused_total']);
  });

  it('are a dashboard that can be imported', () => {
    expect(JSON.parse(dashboard)).toMatchObject({ title: 'Bulkhead', uid: 'bulkhead', schemaVersion: 39 });
  });
});
