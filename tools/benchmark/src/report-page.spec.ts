import { pageOf } from './report-page.ts';
import type { Report } from './report.ts';

const figures = {
  runs: 10,
  eventsPerRun: 57,
  runsPerSecond: 50,
  eventsPerSecond: 2_850,
  firstEventMs: { p50: 10, p95: 20 },
  completionMs: { p50: 40, p95: 80 },
  serverCpuMsPerRun: 12,
  postgresCpuMsPerRun: 8,
};
const report: Report = {
  takenAt: '2026-01-31T12:00:00.000Z',
  machine: { cpu: '<fast & new>' },
  options: {},
  levels: [{ users: 10, gateway: figures, floor: figures }],
  arrivals: [{ rate: 20, gateway: figures }],
  thread: [],
};

describe('the page of a benchmark', () => {
  it('has a bar for each load, and says what each is', () => {
    const page = pageOf(report);
    expect(page.match(/<svg/g)).toHaveLength(4);
    for (const text of ['10 users', '20 runs/s', '12 + 8', '40 + 40']) expect(page).toContain(text);
  });

  it('has all figures below, and nothing that a browser takes for markup', () => {
    const page = pageOf(report);
    expect(page).toContain('"takenAt": "2026-01-31T12:00:00.000Z"');
    expect(page).toContain('&lt;fast &amp; new>');
  });
});
