import { readTurn, type Turn } from '../offline-turn.ts';
import { usageAnalysisStep } from './usage-analysis.ts';

const team = new Set(['usage_triage', 'usage_data', 'usage_optimisation', 'usage_report']);
const nobody = new Set<string>();
const turn = (userText: string, ...values: Turn['outcomes'][number]['value'][]): Turn => ({
  userText,
  asked: new Set(),
  outcomes: values.map((value) => ({ toolName: 'any', value, isError: false })),
});
const said = (step: ReturnType<typeof usageAnalysisStep>): string =>
  step?.type === 'answer' ? step.words.join('') : JSON.stringify(step);
const listed = {
  tables: [
    { table: 'people', columns: [{ name: 'name' }] },
    {
      table: 'usage',
      columns: ['at', 'model', 'team', 'input_tokens', 'output_tokens', 'cost_eur'].map((name) => ({ name })),
    },
    { table: 'older', columns: [{ name: 'model' }, { name: 'price' }] },
  ],
};
const columns =
  '{"table":"usage","model":"model","cost":"cost_eur","feature":"team","prompt":"a","completion":"b"}';

describe('the offline rules for an analysis of usage', () => {
  it('are for nobody but the analyst and its team', () => {
    expect(usageAnalysisStep(turn('Where does the money go?'), nobody)).toBeUndefined();
    expect(usageAnalysisStep(turn('Reporting: a day'), new Set(['mathematician']))).toBeUndefined();
    expect(readTurn([]).outcomes).toEqual([]);
  });

  it('choose the table that is named, or else the newest with a model and a cost', () => {
    expect(said(usageAnalysisStep(turn('Triage: where?', listed), nobody))).toContain('"table":"usage"');
    expect(said(usageAnalysisStep(turn('Triage: in older?', listed), nobody))).toContain('"table":"older"');
    expect(said(usageAnalysisStep(turn('Triage: x', { tables: [] }), nobody))).toContain('no uploaded table');
  });

  const typed = (...columns: readonly (readonly [string, string, string?])[]) => ({
    tables: [
      {
        table: 'usage',
        columns: columns.map(([name, type, note]) => ({
          name,
          type,
          ...(note !== undefined && { notes: [note] }),
        })),
      },
    ],
  });

  it('say why there are no figures where the cost is no number, to the user as well', () => {
    const odd = typed(['model', 'text'], ['cost', 'text', 'Text, not numbers: line 3: letters.']);
    const words = said(usageAnalysisStep(turn('Triage: where?', odd), nobody));
    expect(words).toContain('no figures in the table usage. cost: Text, not numbers: line 3: letters.');
    const end = said(usageAnalysisStep(turn('Where?', { answer: words }), team));
    expect(end).toContain('line 3: letters');
    expect(end.match(/offline model/g)).toHaveLength(1);
  });

  it('take columns of figures for figures, and of times for times', () => {
    const listedColumns = typed(
      ['created', 'text', 'Text, not dates.'],
      ['model', 'text'],
      ['cost_note', 'text'],
      ['cost', 'numeric', 'Amounts in USD.'],
    );
    const [line = ''] = said(usageAnalysisStep(turn('Triage: x', listedColumns), nobody)).split('\n');
    expect(JSON.parse(line)).toEqual({
      table: 'usage',
      model: 'model',
      cost: 'cost',
      notes: [
        'created: Text, not dates.',
        'created is text, so there are no figures of it.',
        'cost: Amounts in USD.',
      ],
    });
    const report = said(
      usageAnalysisStep(turn(`Report: ${line}\n{"totals":[2,3,0,0,null,null,null]}`), nobody),
    );
    expect(report).toContain('## About the table\n\n- created: Text, not dates.');
  });

  it('say what kept the figures from being found', () => {
    const report = said(usageAnalysisStep(turn(`Report: ${columns}\nA query failed: too slow`), nobody));
    expect(report).toContain('no figures to report on. A query failed: too slow');
  });

  it('hand the work from one to the next, and answer with the report', () => {
    const answers = [columns, '{"totals":[1]}', '{"suggestions":[]}', '# Report'];
    const agents = answers.map((_, done) => {
      const step = usageAnalysisStep(
        turn('Where?', ...answers.slice(0, done).map((answer) => ({ answer }))),
        team,
      );
      return /usage_\w+/.exec(said(step))?.[0];
    });
    expect(agents).toEqual([...team]);
    const end = usageAnalysisStep(turn('Where?', ...answers.map((answer) => ({ answer }))), team);
    expect(said(end)).toBe('# Report\n\n(offline model)');
  });

  it('stop with the reason when a part fails', () => {
    const failed: Turn = {
      ...turn('Where?'),
      outcomes: [{ toolName: 'delegate', value: { detail: 'no model' }, isError: true }],
    };
    expect(said(usageAnalysisStep(failed, team))).toContain('The analysis stopped: no model');
  });

  it('put nothing but names of columns into a query', () => {
    const step = usageAnalysisStep(turn(`Data: ${columns.replace('"a"', '"a) from x; --"')}`), nobody);
    expect(step?.type === 'call' && step.calls.length).toBe(4);
    expect(said(step)).not.toContain('--');
  });

  it('suggest moving short calls to the model with the lowest price, by what that saves', () => {
    const rows = [
      ['large', 100, 1_000, 5, 40, 400],
      ['small', 10, 1_000, 9, 1, 100],
    ];
    const step = usageAnalysisStep(turn(`Optimisation: ${columns}`, { rows }, { rows: [[2, 30]] }), nobody);
    const [line = ''] = said(step).split('\n');
    expect(JSON.parse(line)).toEqual({
      suggestions: [
        { change: expect.stringContaining('5 calls of large'), costs: 40, saves: 36 },
        { change: expect.stringContaining('prompts of 2 calls'), costs: 30, saves: null },
      ],
    });
  });

  it('write a report whose tables nothing in the data can break', () => {
    const figures = { totals: [3, 9.5, 30, 40, 7, 'a', 'b'], byModel: [['x|\ny', 3, 9.5, 30, 40, 7]] };
    const report = said(usageAnalysisStep(turn(`Report: ${columns}\n${JSON.stringify(figures)}`), nobody));
    expect(report).toContain('- Cost: 9.5\n');
    expect(report).toContain('| x y | 3 | 9.5 | 100.0 % | 30 | 40 | 7 |');
    expect(report).toContain('Nothing stands out.');
  });
});
