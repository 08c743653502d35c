import { findTableQuestion, tellTables } from './offline-table-question.ts';

const figure = (what: string, sql: string) => ({ toolName: 'tables_query', input: { sql }, what });

describe('a question about tables', () => {
  it.each([
    ['How many rows has usage?', figure('rows in usage', 'SELECT count(*) FROM usage')],
    ['how many rows does the usage table have', figure('rows in usage', 'SELECT count(*) FROM usage')],
    ['How many rows are in my table Usage?', figure('rows in usage', 'SELECT count(*) FROM Usage')],
    [
      'What is the sum of cost in table usage?',
      figure('sum of cost in usage', 'SELECT sum(cost) FROM usage'),
    ],
    [
      'sum of cost by model in table usage',
      figure(
        'sum of cost by model in usage',
        'SELECT model, sum(cost) FROM usage GROUP BY 1 ORDER BY 2 DESC NULLS LAST',
      ),
    ],
    [
      'Tell me the average latency_ms per feature in the table llm_usage, please.',
      figure(
        'average of latency_ms by feature in llm_usage',
        'SELECT feature, avg(latency_ms) FROM llm_usage GROUP BY 1 ORDER BY 2 DESC NULLS LAST',
      ),
    ],
    ['Which tables do I have?', { toolName: 'tables_list', input: {} }],
    ['List my tables', { toolName: 'tables_list', input: {} }],
  ])('is read from %j', (text, question) => {
    expect(findTableQuestion(text)).toEqual(question);
  });

  it.each([
    'What is the sum of 3 and 4?',
    'The total cost of the journey was high.',
    'How many rows are there?',
    'Put it on the table.',
    'Show me the tables of the law',
    'sum of cost; DROP TABLE x in table usage',
    `sum of "cost" in table usage`,
  ])('is not read from %j', (text) => {
    expect(findTableQuestion(text)).toBeUndefined();
  });

  const asked = figure('sum of cost by model in usage', '') as Parameters<typeof tellTables>[0];
  it.each([
    ['one figure', { rows: [[12.5]] }, 'sum of cost by model in usage: 12.5.'],
    [
      'a figure of each',
      {
        rows: [
          ['a', '3.5'],
          ['b', null],
        ],
      },
      'sum of cost by model in usage:\n- a: 3.5\n- b: null\n',
    ],
    ['no rows', { rows: [] }, 'sum of cost by model in usage:\n'],
    ['something else', 'text', undefined],
  ])('is answered with %s', (_what, value, answer) => {
    expect(tellTables(asked, value)).toBe(answer);
  });

  it.each([
    [{ tables: [] }, 'You have no tables. Upload a CSV first.'],
    [{ tables: [{ table: 'usage', rows: 5 }] }, 'You have 1 table:\n- usage, 5 rows\n'],
  ])('is answered with the list of tables: %j', (value, answer) => {
    expect(tellTables({ toolName: 'tables_list', input: {} }, value)).toBe(answer);
  });
});
