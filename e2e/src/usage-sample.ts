import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const generator = join(import.meta.dirname, '..', '..', 'tools', 'workspace', 'sample-data.mjs');

/** Sums of a column's group, in whole units: money in millionths. */
interface Sums {
  calls: number;
  cost: bigint;
  tokensIn: number;
  tokensOut: number;
}

/** A generated table of LLM usage, as CSV. */
export async function sampleData(rows: number, seed = 1): Promise<string> {
  const { stdout }: { stdout: Readable } = spawn(
    process.execPath,
    [generator, '--rows', `${rows}`, '--seed', `${seed}`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const pieces: Buffer[] = [];
  for await (const piece of stdout) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

/** What the report must say, added up here from the file itself. */
function sumUp(csv: string): Record<'total' | 'model' | 'feature', Map<string, Sums>> {
  const sums = {
    total: new Map<string, Sums>(),
    model: new Map<string, Sums>(),
    feature: new Map<string, Sums>(),
  };
  for (const line of csv.trimEnd().split('\n').slice(1)) {
    const [, model = '', feature = '', tokensIn = '', tokensOut = '', cost = ''] = line.split(',');
    const [whole = '0', part = ''] = cost.split('.');
    const micros = BigInt(whole) * 1_000_000n + BigInt(part.padEnd(6, '0'));
    for (const [group, key] of [
      ['total', ''],
      ['model', model],
      ['feature', feature],
    ] as const) {
      const sum = sums[group].get(key) ?? { calls: 0, cost: 0n, tokensIn: 0, tokensOut: 0 };
      sums[group].set(key, {
        calls: sum.calls + 1,
        cost: sum.cost + micros,
        tokensIn: sum.tokensIn + Number(tokensIn),
        tokensOut: sum.tokensOut + Number(tokensOut),
      });
    }
  }
  return sums;
}

/** Millionths as the report writes them: without zeros at the end. */
const money = (micros: bigint): string =>
  `${Number(`${micros / 1_000_000n}.${`${micros % 1_000_000n}`.padStart(6, '0')}`)}`;

/** The lines of a report that are wrong or missing, by what the file itself adds up to. */
export function wrongLines(report: string, csv: string): string[] {
  const expected = sumUp(csv);
  const [total] = expected.total.values();
  const totals = [
    `- Calls: ${total?.calls}`,
    `- Cost: ${money(total?.cost ?? 0n)}`,
    `- Tokens in: ${total?.tokensIn}`,
    `- Tokens out: ${total?.tokensOut}`,
  ];
  const lines = report.split('\n');
  const wrongRows = [...expected.model, ...expected.feature].flatMap(([name, sums]) => {
    const row = lines.find((line) => line.startsWith(`| ${name} |`)) ?? '';
    const cells = row.split(' | ').map((cell) => cell.replace(/[| ]/g, ''));
    const said = [cells[1], cells[2], cells[4], cells[5]].join(' ');
    const right = [sums.calls, money(sums.cost), sums.tokensIn, sums.tokensOut].join(' ');
    return said === right ? [] : [`${name}: ${said}, not ${right}`];
  });
  return [...totals.filter((line) => !lines.includes(line)), ...wrongRows];
}
