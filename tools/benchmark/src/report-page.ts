import type { LoadFigures } from './load.ts';
import { show, type Report } from './report.ts';

interface Bar {
  readonly label: string;
  readonly parts: readonly (number | undefined)[];
}

/** A page that needs nothing else: the figures as plots, and all of them as JSON below. */
export function pageOf(report: Report): string {
  const { levels, arrivals, thread } = report;
  const loads = [
    ...levels.map(({ users, gateway }) => ({ label: `${users} users`, gateway })),
    ...arrivals.map(({ rate, gateway }) => ({ label: `${rate} runs/s`, gateway })),
  ];
  const cost = ({ serverCpuMsPerRun, postgresCpuMsPerRun }: LoadFigures) => [
    serverCpuMsPerRun,
    postgresCpuMsPerRun,
  ];
  const plots = [
    plot(
      'CPU per run, ms: server, PostgreSQL',
      loads.map(({ label, gateway }) => ({ label, parts: cost(gateway) })),
    ),
    plot(
      'Runs per second',
      loads.map(({ label, gateway }) => ({ label, parts: [gateway.runsPerSecond] })),
    ),
    plot(
      'Completion, ms: p50, and from there to p95',
      loads.map(({ label, gateway }) => ({ label, parts: spread(gateway.completionMs) })),
    ),
    plot(
      'First event, ms: p50, and from there to p95',
      loads.map(({ label, gateway }) => ({ label, parts: spread(gateway.firstEventMs) })),
    ),
    plot(
      'CPU per run along one thread, ms: server, PostgreSQL',
      thread.map(({ message, gateway }) => ({ label: `message ${message}`, parts: cost(gateway) })),
    ),
  ];
  const json = JSON.stringify(report, undefined, 2).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Benchmark</title>
<style>body{font:15px system-ui;max-width:50rem;margin:2rem auto}svg{width:100%}pre{overflow:auto;background:#f4f4f4;padding:1rem}</style>
<h1>Benchmark</h1><p>${report.takenAt}</p>${plots.join('')}<pre>${json}</pre></html>
`;
}

const spread = ({ p50, p95 }: { p50: number; p95: number }): number[] => [p50, p95 - p50];

const colours = ['#3367d6', '#e8953a'];

function plot(title: string, bars: readonly Bar[]): string {
  if (bars.length === 0) return '';
  const sums = bars.map(({ parts }) => parts.reduce<number>((sum, part) => sum + (part ?? 0), 0));
  const scale = 440 / Math.max(...sums, 1e-9);
  const rows = bars.map(({ label, parts }, index) => {
    let x = 110;
    const rects = parts.map((part = 0, place) => {
      const rect = `<rect x="${x}" y="${index * 26}" width="${part * scale}" height="20" fill="${colours[place]}"/>`;
      x += part * scale;
      return rect;
    });
    const figures = parts.map((part) => show(part)).join(' + ');
    const text = (at: number, what: string) =>
      `<text x="${at}" y="${index * 26 + 15}" font-size="13">${what}</text>`;
    return `${text(0, label)}${rects.join('')}${text(x + 6, figures)}`;
  });
  return `<h2>${title}</h2><svg viewBox="0 0 700 ${bars.length * 26}" role="img" aria-label="${title}">${rows.join('')}</svg>`;
}
