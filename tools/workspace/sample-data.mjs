import { once } from 'node:events';
import { parseArgs } from 'node:util';

const usage = `npm run --silent sample-data -- [--rows 100000] [--seed 1] > usage.csv

Writes LLM usage as CSV: time, model, feature, tokens, cost in US dollars, latency. The same seed gives the same file.`;

/** Per million tokens in and out, in US dollars; and how they are chosen and how fast they are. */
const models = [
  { name: 'large-4', input: 5, output: 25, weight: 3, msPerToken: 22 },
  { name: 'medium-4', input: 1.5, output: 7.5, weight: 4, msPerToken: 12 },
  { name: 'small-4', input: 0.25, output: 1.25, weight: 3, msPerToken: 5 },
];
const features = [
  { name: 'chat', prompt: 900, completion: 350, weight: 5 },
  { name: 'search', prompt: 300, completion: 60, weight: 4 },
  { name: 'summaries', prompt: 6_000, completion: 400, weight: 2 },
  { name: 'code review', prompt: 3_500, completion: 900, weight: 1 },
  { name: 'classification', prompt: 180, completion: 8, weight: 6 },
];

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [rows, seed] = [Number(values.rows), Number(values.seed)];
if (values.help || !Number.isSafeInteger(rows) || rows < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write(`${usage}\n`);
  process.exit(values.help ? 0 : 2);
}

/** Mulberry32: small, and the same on every machine. */
let state = seed >>> 0;
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
const pick = (options) => {
  let at = random() * options.reduce((sum, { weight }) => sum + weight, 0);
  return options.find(({ weight }) => (at -= weight) < 0) ?? options[0];
};
const around = (mean) => Math.max(1, Math.round(mean * (0.2 + 1.6 * random())));

function row(index) {
  const time = new Date(Date.UTC(2026, 0, 1) + Math.floor((index * 90 * 86_400_000) / rows)).toISOString();
  const feature = pick(features);
  const model = pick(models);
  const [prompt, completion] = [around(feature.prompt), around(feature.completion)];
  const cost = ((prompt * model.input + completion * model.output) / 1e6).toFixed(6);
  const latency = Math.round(120 + completion * model.msPerToken * (0.7 + 0.6 * random()));
  return [time, model.name, feature.name, prompt, completion, cost, latency].join(',');
}

let block = 'time,model,feature,prompt_tokens,completion_tokens,cost_usd,latency_ms\n';
for (let index = 0; index < rows; index += 1) {
  block += `${row(index)}\n`;
  if (block.length > 65_536 || index === rows - 1) {
    if (!process.stdout.write(block)) await once(process.stdout, 'drain');
    block = '';
  }
}
