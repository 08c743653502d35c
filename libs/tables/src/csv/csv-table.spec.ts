import fc from 'fast-check';
import { aCsv, manyRows } from '../testing/csv-files.ts';
import { csvTable, type CsvFormat } from './csv-table.ts';

const read = async (text: string | Buffer, format: CsvFormat = {}) => {
  const table = await csvTable(aCsv(text), format, 10_000);
  const rows: (string | null)[][] = [];
  for await (const batch of table.batches()) rows.push(...batch);
  return {
    ...table,
    rows,
    types: table.columns.map(({ type }) => type),
    notes: table.columns.map(({ notes = [] }) => notes.join(' ')),
  };
};
/** A column of these cells behind one of words, each cell in quotes. */
const column = async (cells: readonly string[], format: CsvFormat = {}) => {
  const { types, notes, rows } = await read(
    `model,cost\n${cells.map((cell) => `m,"${cell}"\n`).join('')}`,
    format,
  );
  return { type: types[1], notes: notes[1], cells: rows.map((row) => row[1]) };
};
const refusal = (text: string | Buffer, format: CsvFormat = {}) =>
  read(text, format).then(
    () => 'read',
    ({ message }: Error) => message,
  );

describe('a file, whatever its line ends', () => {
  const ends = fc.constantFrom('\n', '\r\n', '\r');
  it('has the same rows, with line ends of any mix', async () => {
    const cell = fc.constantFrom('gpt', '1.5', '"a, b"', '""', '" "');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, ends), { minLength: 1, maxLength: 8 }),
        ends,
        async (lines, first) => {
          const build = (end: (own: string) => string) =>
            `a,b${end(first)}${lines.map(([text, own]) => `x,${text}${end(own)}`).join('')}`;
          expect((await read(build((own) => own))).rows).toEqual((await read(build(() => '\n'))).rows);
        },
      ),
    );
  });

  it('counts its lines alike, within quoted cells too', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      expect(await refusal(['a,b', '1,"x', 'y"', '3', ''].join(end))).toContain(
        'Line 4 has another number of cells',
      );
    }
  });

  it('has one column when there is no delimiter', async () => {
    expect((await read('n\r\n1\n2\r3\n')).rows).toEqual([['1'], ['2'], ['3']]);
  });
});

describe('a file, whatever wrote it', () => {
  const text = 'name,größe\nä🎈,1\n';
  it.each([
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16, little end first', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ])('is read as %s', async (_, bytes) => {
    const { columns, rows } = await read(bytes);
    expect(columns.map(({ header }) => header)).toEqual(['name', 'größe']);
    expect(rows).toEqual([['ä🎈', '1']]);
  });

  it.each([
    [Buffer.from('PK\u0003\u0004xxxx'), 'an Excel workbook'],
    [Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1]), 'an old Excel workbook'],
    [Buffer.from([0x1f, 0x8b, 8, 0, 0]), 'gzip'],
    [Buffer.from('a,b\nMünchen,1\n', 'latin1'), 'is not UTF-8'],
  ])('is refused by its kind when it is none (%#)', async (bytes, words) => {
    expect(await refusal(bytes)).toContain(words);
  });

  it.each([
    ['semicolons', 'model;cost\ngpt;1.5\n'],
    ['tabs', 'model\tcost\ngpt\t1.5\n'],
    ['pipes', 'model|cost\ngpt|1.5\n'],
    ['semicolons within quotes', 'model,cost\n"a;b;c",1.5\n'],
    ['commas within quotes', 'model;cost\n"a,b";1.5\n"c,d";2\n'],
    ['decimal commas', 'model;cost\ngpt;1,5\nmini;2,5\n'],
    ["Excel's declaration", 'sep=;\nmodel;cost\ngpt;1,5\n'],
    ["Excel's declaration in quotes", '"sep=|"\r\nmodel|cost\r\ngpt|1,5\r\n'],
  ])('shows its delimiter: %s', async (_, csv) => {
    expect((await read(csv)).columns.map(({ name }) => name)).toEqual(['model', 'cost']);
  });

  it('is not guessed at when two delimiters fit; the one that is named is taken', async () => {
    const csv = 'a,b;c,d\n1,5;2,5\n';
    expect(await refusal(csv)).toContain('comma or semicolon');
    expect((await read(csv, { delimiter: 'semicolon' })).columns).toHaveLength(2);
    expect((await read(csv, { delimiter: 'comma' })).columns).toHaveLength(3);
  });

  it('is shown by its beginning, also when that ends within a quoted cell', async () => {
    const long = `model;text\n${`gpt;"${'a,b\n'.repeat(400)}"\n`.repeat(50)}`;
    expect((await read(long)).columns).toHaveLength(2);
  });

  it('has spaces around its cells, and quotes behind them', async () => {
    const { columns, rows } = await read('model, "cost" \n "gpt" , "1.5"\nmini ,2 \n');
    expect(columns.map(({ name }) => name)).toEqual(['model', 'cost']);
    expect(rows).toEqual([
      ['gpt', '1.5'],
      ['mini', '2'],
    ]);
  });

  it('has rows and columns of nothing but delimiters, which are none', async () => {
    const { columns, rows } = await read('model,cost,,\r\n,,,\r\ngpt,1.5,,\r\n,,,\r\n, ,"",\r\n,\r\n');
    expect(columns.map(({ name }) => name)).toEqual(['model', 'cost']);
    expect(rows).toEqual([['gpt', '1.5']]);
  });

  it('keeps a column without a name that holds something', async () => {
    expect((await read('a,,b,\n1,x,2,\n')).columns.map(({ name }) => name)).toEqual(['a', 'column_2', 'b']);
  });

  it.each(['Total,,4', 'TOTAL:,4,', 'Grand total,,4,', 'Subtotal,,4\nTotal,,4', '\nSumme,,"4,0"'])(
    'has totals at its end, which are no row: %j',
    async (end) => {
      const { rows, notes } = await read(`model,n,cost\na,1,1.5\nb,1,2.5\n${end}\n,,\n`);
      expect(rows.map(([model]) => model)).toEqual(['a', 'b']);
      expect(notes[0]).toMatch(/^Line [\d, ]+ has totals and is no row of the table\.$/);
    },
  );

  it('keeps a total in its middle, and one without a figure', async () => {
    expect((await read('model,n\nTotal,1\nb,2\n')).rows).toHaveLength(2);
    expect((await read('model\na\nTotal\n')).rows).toHaveLength(2);
  });
});

describe('a column of numbers', () => {
  it.each([
    [['$1.50', '$0.50'], ['1.50', '0.50'], 'Amounts in USD.'],
    [['-$1.50', '$-2', '($3.25)'], ['-1.50', '-2', '-3.25'], 'Amounts in USD.'],
    [['1,50 €', '€ 2,5'], ['1.50', '2.5'], 'Amounts in EUR. Read with decimal commas.'],
    [['USD 1.5', '2 USD'], ['1.5', '2'], 'Amounts in USD.'],
    [['£1,234.56', '£2'], ['1234.56', '2'], 'Amounts in GBP.'],
    [['1,234.56', '2,000.00'], ['1234.56', '2000.00'], ''],
    [['1.234,56', '2.000,00'], ['1234.56', '2000.00'], 'Read with decimal commas.'],
    [['1 234,56', '12\u00a0345,6'], ['1234.56', '12345.6'], 'Read with decimal commas.'],
    [["1'234.56", '1’234'], ['1234.56', '1234'], ''],
    [['12,34,567.89', '1.5'], ['1234567.89', '1.5'], ''],
    [['1,234,567', '1'], ['1234567', '1'], ''],
    [['+1.50', '.50', '-.5', '1.'], ['1.50', '0.50', '-0.5', '1'], ''],
    [[' 1.50', '0.50 '], ['1.50', '0.50'], ''],
    [['(1.50)', '2-', '\u22123'], ['-1.50', '-2', '-3'], ''],
    [['12.5%', '3 %'], ['12.5', '3'], 'Percentages: 12 % is stored as 12.'],
    [['1.5e-05', '2E+3'], ['1.5e-05', '2e+3'], ''],
    [['0.12345678901234567890123', '1'], ['0.12345678901234567890123', '1'], ''],
  ])('reads %j', async (cells, stored, notes) => {
    expect(await column(cells)).toEqual({
      type: expect.stringMatching(/numeric|integer/),
      cells: stored,
      notes,
    });
  });

  it.each(['N/A', 'n/a', 'NA', 'NULL', 'null', 'None', 'NaN', '-', '–', '#N/A', '#DIV/0!', '\\N', '?'])(
    'has no value where it has %j, and says where',
    async (placeholder) => {
      expect(await column(['1.5', placeholder, '', '2'])).toEqual({
        type: 'numeric',
        cells: ['1.5', null, null, '2'],
        notes: `Without a value: line 3: ${placeholder}.`,
      });
    },
  );

  it.each([
    [['1.5', '2', 'abc', '4'], '1 of 4 cells is something else (line 4: letters)'],
    [['1', '2', '007'], '(line 4: a number with leading zeros)'],
    [['1', '2', '2026-01-01'], '(line 4: a date)'],
    [['1', '2', 'true'], '(line 4: true or false)'],
    [['1', '2', '1,2,3,4'], '(line 4: digits and separators that are no number)'],
    [['1', '2', '3 apples'], '(line 4: digits and other characters)'],
    [['$1', '€2'], 'different units (USD on line 2, EUR on line 3)'],
    [['1%', '2'], 'different units (% on line 2, none on line 3)'],
    [['1.5', '1,5'], 'some have a decimal comma (line 3), others a decimal point (line 2)'],
    [['1,234', '2,345'], 'can be read with a decimal point or with a decimal comma (line 2, line 3)'],
  ])('stays text as it is for %j, and says why', async (cells, words) => {
    const found = await column(cells);
    expect(found).toMatchObject({ type: 'text', cells });
    expect(found.notes).toContain(words);
  });

  it('is told of by three lines at most, and never by what is in a cell', async () => {
    const { notes = '' } = await column([...Array<string>(20).fill('1'), ...Array<string>(9).fill('secret')]);
    expect(notes).toContain('line 22: letters, line 23: letters, line 24: letters and 6 more');
    expect(notes).not.toContain('secret');
  });

  it('that can be read in two ways is read as the request says, or another column shows', async () => {
    expect(await column(['1,234'], { decimal: 'point' })).toMatchObject({ type: 'integer', cells: ['1234'] });
    expect(await column(['1,234'], { decimal: 'comma' })).toMatchObject({
      type: 'numeric',
      cells: ['1.234'],
    });
    expect((await read('a;b\n1,234;0,5\n')).rows).toEqual([['1.234', '0.5']]);
    expect((await read('a;b\n1.234;"2.000,50"\n')).rows).toEqual([['1234', '2000.50']]);
    expect((await read('a,b\n"1,234",0.5\n')).rows).toEqual([['1234', '0.5']]);
    expect((await read('a;b\n1.234;x\n')).types).toEqual(['text', 'text']);
    expect(await column(['1.234', '5.678'])).toMatchObject({
      type: 'numeric',
      cells: ['1.234', '5.678'],
      notes: expect.stringContaining('though each could be read otherwise'),
    });
  });

  it('is exact, however it is written', async () => {
    const whole = fc.bigInt({ min: 0n, max: 10n ** 24n });
    const style = fc.constantFrom([',', '.'], ['.', ','], [' ', '.'], [' ', ','], ["'", '.'], ['', '.']);
    const unit = fc.constantFrom('', '$', '€');
    const decimals = fc.stringMatching(/^\d{1,12}$/).filter((digits) => digits.length !== 3);
    await fc.assert(
      fc.asyncProperty(
        whole,
        decimals,
        style,
        unit,
        fc.boolean(),
        async (digits, fraction, [group, point], sign, isNegative) => {
          const written = String(digits).replace(/\B(?=(?:\d{3})+$)/g, group ?? '');
          const cell = `${isNegative ? '-' : ''}${sign}${written}${point ?? ''}${fraction}`;
          expect((await column([cell])).cells).toEqual([`${isNegative ? '-' : ''}${digits}.${fraction}`]);
        },
      ),
    );
  });
});

describe('a column of times', () => {
  it.each([
    [
      ['2024-05-01T12:00:00+0000', '2024-05-01T12:00:01-0530'],
      ['2024-05-01T12:00:00+00:00', '2024-05-01T12:00:01-05:30'],
    ],
    [
      ['2024-05-01 12:00:00+00', '2024-05-01 12:00 UTC'],
      ['2024-05-01T12:00:00+00:00', '2024-05-01T12:00:00Z'],
    ],
    [
      ['2024/5/1', '2024.05.02'],
      ['2024-05-01', '2024-05-02'],
    ],
    [
      ['5/13/2024', '5/1/2024 1:05 PM'],
      ['2024-05-13', '2024-05-01T13:05:00Z'],
    ],
    [
      ['13/5/2024', '1/5/2024 12:30 am'],
      ['2024-05-13', '2024-05-01T00:30:00Z'],
    ],
    [
      ['1.5.2024', '2.5.2024 13:05:06,5'],
      ['2024-05-01', '2024-05-02T13:05:06.5Z'],
    ],
    [
      ['5/5/2024', '6/6/2024'],
      ['2024-05-05', '2024-06-06'],
    ],
  ])('reads %j', async (cells, stored) => {
    expect(await column(cells)).toMatchObject({ type: 'timestamp', cells: stored });
  });

  it('cuts what is finer than a microsecond, and says so', async () => {
    expect(await column(['2024-05-01T12:00:00.123456789Z'])).toEqual({
      type: 'timestamp',
      cells: ['2024-05-01T12:00:00.123456Z'],
      notes: 'Times finer than a microsecond are cut.',
    });
  });

  it('whose days and months can be exchanged stays text, unless the request or another column says more', async () => {
    const cells = ['5/1/2024', '5/2/2024'];
    expect(await column(cells)).toMatchObject({
      type: 'text',
      cells,
      notes: expect.stringContaining('dateOrder=month-first'),
    });
    expect(await column(cells, { dateOrder: 'month-first' })).toMatchObject({
      cells: ['2024-05-01', '2024-05-02'],
    });
    expect(await column(cells, { dateOrder: 'day-first' })).toMatchObject({
      cells: ['2024-01-05', '2024-02-05'],
    });
    expect((await read('a,b\n5/1/2024,5/13/2024\n')).rows).toEqual([['2024-05-01', '2024-05-13']]);
    expect(await column(['13/1/2024', '1/13/2024'])).toMatchObject({
      type: 'text',
      notes: expect.stringContaining('some have the day first (line 2), others the month (line 3)'),
    });
  });

  it('stays text where a day is not in the calendar, and says where', async () => {
    expect(await column(['2024-01-01', '2024-01-02', '2024-02-30'])).toMatchObject({
      type: 'text',
      notes: expect.stringContaining('not dates: 1 of 3 cells is something else (line 4:'),
    });
  });
});

describe('a file that is meant to hurt', () => {
  it.each([
    ['a million columns', `${','.repeat(999_000)}\n`, 'too many columns'],
    ['a million columns in a row', `a\n${','.repeat(999_000)}x\n`, 'too many columns'],
    ['a line of megabytes', 'x'.repeat(3_000_000), 'Line 1 has more than 1000000 characters'],
    ['a line of megabytes within quotes', `a\n"${'x'.repeat(3_000_000)}`, 'Line 2 has more than 1000000'],
    ['a quoted cell without an end', `a\n1\n"${'x\n'.repeat(900_000)}`, 'Line 3 begins a row of more than'],
    ['a cell of nothing but quotes', `a\n"${'""'.repeat(400_000)}"\n`, 'Line 2 has a cell of more than'],
  ])('is refused by its line or its limit: %s', async (_, csv, words) => {
    expect(await refusal(csv)).toContain(words);
  });

  it('is parsed in pieces that leave the process its turns', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    try {
      await csvTable(aCsv(manyRows(20_000)), {}, 30_000);
    } finally {
      clearInterval(timer);
    }
    // One turn between each two pieces at least.
    expect(turns).toBeGreaterThan(2);
  });
});
