/** Of the report: light or dark as the reader's screen is, and readable on paper. */
export const reportStyle = `
:root { color-scheme: light dark; --text: #1d2530; --soft: #5b6675; --back: #fff; --line: #dfe4ea;
  --good: #12733f; --bad: #b3261e; --odd: #8a5a00; --plot: #2563a8; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ee; --soft: #9aa6b5; --back: #14181e; --line: #2f3844;
  --good: #59c98a; --bad: #ff8a80; --odd: #e0b050; --plot: #79b4f0; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 1180px;
  margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .2rem; }
.sum { font-size: 1.1rem; font-weight: 600; margin: 0 0 1rem; } .sum.passed { color: var(--good); }
.sum.failed { color: var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0 0 1.4rem; }
dt { color: var(--soft); } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; color: var(--soft); font-weight: 500; }
th, td { padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td:last-child { white-space: nowrap; } .claims td:nth-child(2) { overflow-wrap: anywhere; white-space: pre-line; }
.claims td:first-child { width: 50%; } .notes th { padding-top: .9rem; }
small { color: var(--soft); white-space: nowrap; } a { color: inherit; }
.mark { font-size: .82rem; font-weight: 600; } .mark.passed { color: var(--good); } .mark.failed { color: var(--bad); }
.mark.missed, .mark.not-run { color: var(--odd); }
.plots { display: flex; flex-wrap: wrap; gap: 1rem 1.5rem; margin-top: .8rem; }
figure { margin: 0; width: 460px; max-width: 100%; } figcaption { color: var(--soft); font-size: .85rem; }
svg { width: 100%; } svg line { stroke: var(--line); } svg text { fill: var(--soft); font-size: 11px; }
svg polyline { fill: none; stroke: var(--plot); stroke-width: 1.6; stroke-linejoin: round; }
@media print { section { break-inside: avoid; } body { max-width: none; } }
`;
