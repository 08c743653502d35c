import { partsOf, scoreOf, sum, type Measures } from './measures.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const row = (...cells: readonly (string | number)[]): string =>
  `<tr>${cells.map((it) => `<td>${escaped(String(it))}</td>`).join('')}</tr>`;
const table = (head: readonly string[], rows: readonly string[]): string =>
  `<table><thead><tr>${head.map((it) => `<th>${it}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
const list = (items: readonly string[]): string =>
  items.length === 0
    ? '<p class="good">none</p>'
    : `<ul>${items.map((it) => `<li>${escaped(it)}</li>`).join('')}</ul>`;
const percent = (part: number, all: number): string =>
  `${all === 0 ? 100 : Math.floor((part / all) * 1000) / 10} %`;

const style = `
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 54rem; margin: 2rem auto; padding: 0 1rem; color: #1d2733; background: #fff; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
  .score { margin: 0; font-size: 3rem; font-weight: 700; color: #0b6b3a; } .score.bad { color: #a4262c; }
  table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #dde3ea; }
  td:not(:first-child), th:not(:first-child) { text-align: right; font-variant-numeric: tabular-nums; }
  .good { color: #0b6b3a; } .bad { color: #a4262c; }
  @media (prefers-color-scheme: dark) { body { color: #dfe6ee; background: #11161c; } th, td { border-color: #2b3540; } .good, .score { color: #5fd38d; } .bad, .score.bad { color: #ff8a8a; } }`;

/** A page of its own, for people. */
export function asHtml(measures: Measures, worse: readonly string[]): string {
  const { violations, imports, edges, cycles, filesOverLimit, small, duplicates, files } = measures;
  const score = scoreOf(measures);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Compliance ${score}</title><style>${style}</style></head><body>
<h1>One source of truth</h1>
<p class="score${worse.length > 0 ? ' bad' : ''}">${score}</p>
<p>of 100, by the formula in docs/reference/compliance.md. ${files} sources, ${sum(violations)} violations.</p>
<h2>Worse than the baseline</h2>${list(worse)}
<h2>The score</h2>${table(
    ['part', 'weight', 'as it should be'],
    partsOf(measures).map(({ name, weight, value }) => row(name, weight, percent(value, 1))),
  )}
<h2>Violations per rule</h2>${table(
    ['rule', 'found'],
    Object.entries(violations).map(([rule, count]) => row(rule, count)),
  )}
<h2>Imports</h2><p>${imports.canonical} of ${imports.all} imports between projects are canonical: ${percent(imports.canonical, imports.all)}.</p>
<h2>Boundaries</h2><p>${edges.used} edges are used, ${edges.allowed} are allowed. Used without being allowed:</p>${list(edges.forbidden)}
<h2>Cycles</h2>${list(cycles)}
<h2>Size</h2><p>${small.under100} of ${small.all} sources (${percent(small.under100, small.all)}) have fewer than 100 lines. Over 300:</p>${list(filesOverLimit)}
<h2>Types declared more than once</h2>${list(duplicates)}
</body></html>
`;
}
