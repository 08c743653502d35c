import { outcomeOf, type CollectedReport } from './collected-report.ts';
import { machineClass } from './environment.ts';
import { escapeHtml, linePlot } from './line-plot.ts';
import { reportStyle } from './report-style.ts';
import type { SuiteReport } from './run-suites.ts';

const marks = { passed: 'held', failed: 'FAILED', missed: 'off, not judged', 'not run': 'not run' } as const;

/** The report for people: one HTML file that needs nothing else, no script, no network. */
export function reportPage(report: CollectedReport): string {
  const { passed, failed, missed, notRun, suites } = report;
  const isWhole = failed === 0 && notRun.length === 0;
  const sum = [
    `${passed} claims held`,
    `${failed} failed`,
    ...(missed > 0 ? [`${missed} times or rates were off on a machine that did other work`] : []),
    ...(notRun.length > 0 ? [`${notRun.length} suites were not run`] : []),
  ].join(', ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Bulkhead: evidence</title>
<style>${reportStyle}</style>
</head>
<body>
<h1>Bulkhead: evidence</h1>
<p class="sum ${isWhole ? 'passed' : 'failed'}">${sum}</p>
${provenance(report)}
<table>
<thead><tr><th>Suite</th><th>What was promised</th><th>How it was tried</th><th>Claims</th><th>Took</th><th>Verdict</th></tr></thead>
<tbody>
${suites.map(summaryRow).join('\n')}
${notRun.map((name) => `<tr><td>${escapeHtml(name)}</td><td colspan="4"></td><td>${mark('not run')}</td></tr>`).join('\n')}
</tbody>
</table>
${suites.map((suite) => section(suite, suites)).join('\n')}
</body>
</html>
`;
}

/** When, of which version, on what machine: once where all suites agree. */
function provenance({ generatedAt, suites }: CollectedReport): string {
  const distinct = (values: readonly string[]): string => [...new Set(values)].map(escapeHtml).join('<br>');
  const days = suites.map(({ startedAt }) => startedAt.slice(0, 10)).sort();
  return `<dl>
<dt>Run</dt><dd>${[...new Set([days[0], days.at(-1)])].join(' to ')}, collected ${minute(generatedAt)}</dd>
<dt>Version</dt><dd>${distinct(suites.map(versionOf))}</dd>
<dt>Machine</dt><dd>${distinct(suites.map(({ environment }) => `${machineClass(environment)}, ${environment.cpu}`))}</dd>
</dl>`;
}

function summaryRow(report: SuiteReport): string {
  const { suite, promise, tried, verdicts, seconds, size } = report;
  const held = verdicts.filter(({ verdict }) => verdict === 'passed').length;
  const cells = [
    `<a href="#${escapeHtml(suite)}">${escapeHtml(suite)}</a>`,
    escapeHtml(promise),
    escapeHtml(tried),
    `${held} of ${verdicts.length}`,
    `${duration(seconds)}, ${size}`,
    mark(outcomeOf(report)),
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function section(report: SuiteReport, all: readonly SuiteReport[]): string {
  const { suite, promise, verdicts, figures, series } = report;
  const isLone = new Set(all.map(versionOf)).size > 1;
  const rows = verdicts.map(
    ({ claim, figure, verdict }) =>
      `<tr><td>${escapeHtml(claim)}</td><td>${escapeHtml(String(figure))}</td><td>${mark(verdict)}</td></tr>`,
  );
  const notes = Object.entries(figures).map(
    ([name, value]) => `<tr><td>${escapeHtml(name)}</td><td>${escapeHtml(String(value))}</td><td></td></tr>`,
  );
  const plots = Object.entries(series).flatMap(([name, points]) =>
    points.length > 1 ? [linePlot(name, points)] : [],
  );
  const how = [
    `${report.size} size`,
    duration(report.seconds),
    minute(report.startedAt),
    ...(isLone ? [versionOf(report)] : []),
    ...(report.judgesTargets ? [] : ['times and rates not judged']),
  ];
  return `<section id="${escapeHtml(suite)}">
<h2>${escapeHtml(suite)} ${mark(outcomeOf(report))}</h2>
<p>${escapeHtml(promise)} <small>${how.map(escapeHtml).join(', ')}</small></p>
<table class="claims"><thead><tr><th>Claim</th><th>Figure</th><th>Verdict</th></tr></thead><tbody>
${rows.join('\n')}
${notes.length > 0 ? `<tr class="notes"><th colspan="3">Worth knowing, not judged</th></tr>\n${notes.join('\n')}` : ''}
</tbody></table>
<div class="plots">${plots.join('\n')}</div>
</section>`;
}

const mark = (outcome: keyof typeof marks): string =>
  `<span class="mark ${outcome.replace(' ', '-')}">${marks[outcome]}</span>`;

const versionOf = ({ environment: { version, commit } }: SuiteReport): string =>
  `${version}, commit ${commit}`;

const minute = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')} UTC`;

const duration = (seconds: number): string =>
  seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
