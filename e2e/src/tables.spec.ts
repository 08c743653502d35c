import { openThread, signUp } from './account.ts';
import { probe, problemIn, withoutRequestId, type ProbeResponse } from './http-probe.ts';
import { answerIn, untilRunsEnd } from './run-events.ts';
import { Server } from './server.ts';

interface UploadedTable {
  readonly tableId: string;
  readonly rowCount: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

let server: Server;
let token: string;
beforeAll(async () => (server = await Server.start()), 60_000);
beforeEach(async () => (token = await newToken()));
afterAll(() => server?.dispose(), 60_000);

const newToken = async (): Promise<string> => (await signUp(server)).client.accessToken();
const csv = { 'content-type': 'text/csv' };
const upload = (name: string, body: string, headers: Record<string, string> = csv): Promise<ProbeResponse> =>
  probe(server.url, { method: 'POST', path: `/v1/tables?name=${name}`, token, headers, body });
const ask = (path: string, method = 'GET', by = token): Promise<ProbeResponse> =>
  probe(server.url, { method, path, token: by });
const stored = async (): Promise<unknown> => JSON.parse((await ask('/v1/tables')).text);

const formType = { 'content-type': 'multipart/form-data; boundary=edge' };
const form = (...names: readonly string[]): string => {
  const parts = names.map((name) => {
    const file = name === 'file' ? '; filename="usage.csv"\r\nContent-Type: text/csv' : '';
    return `--edge\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\na\n1\n\r\n`;
  });
  return `${parts.join('')}--edge--\r\n`;
};

describe('tables over REST', () => {
  it('are uploaded as CSV, listed, read and deleted', async () => {
    const response = await upload('usage', 'Model,Cost\na,1.5\nb,2\n');
    expect(response.status).toBe(201);
    const table = JSON.parse(response.text) as UploadedTable;
    expect(table).toMatchObject({
      rowCount: 2,
      columns: [{ name: 'model' }, { name: 'cost', type: 'numeric' }],
    });
    expect(await stored()).toEqual({ items: [table] });
    expect(JSON.parse((await ask(`/v1/tables/${table.tableId}`)).text)).toEqual(table);
    expect((await ask(`/v1/tables/${table.tableId}`, 'DELETE')).status).toBe(204);
    expect(await stored()).toEqual({ items: [] });
  });

  it('of another user answer like absent ones', async () => {
    const { tableId } = JSON.parse((await upload('usage', 'a\n1\n')).text) as UploadedTable;
    const stranger = await newToken();
    for (const method of ['GET', 'DELETE']) {
      const [foreign, absent] = await Promise.all(
        [tableId, tableId.replace(/^.{8}/, '00000000')].map((id) =>
          ask(`/v1/tables/${id}`, method, stranger),
        ),
      );
      expect(foreign?.status).toBe(404);
      expect(foreign && withoutRequestId(problemIn(foreign))).toEqual(
        absent && withoutRequestId(problemIn(absent)),
      );
    }
    expect(await stored()).toMatchObject({ items: [{ tableId }] });
  });

  it.each([
    ['a bad line', 'usage', 'a,b\n1\n', csv, 400, 'invalid_csv', 'line 2'],
    ['a bad name', 'Us-age', 'a\n1\n', csv, 400, 'invalid_request', 'name'],
    ['no name', '', 'a\n1\n', csv, 400, 'invalid_request', 'name'],
    ['a bad delimiter', 'usage&delimiter=x', 'a\n1\n', csv, 400, 'invalid_request', 'delimiter'],
    ['JSON', 'usage', '{}', { 'content-type': 'application/json' }, 400, 'invalid_request', 'body'],
    ['a form of fields', 'usage', form('cost'), formType, 400, 'invalid_request', 'body'],
    ['a form of two files', 'usage', form('file', 'file'), formType, 400, 'invalid_request', 'body'],
    ['a form cut off', 'usage', form('file').slice(0, -20), formType, 400, 'invalid_request', 'body'],
    ['a PDF', 'usage', 'a', { 'content-type': 'application/pdf' }, 415, 'unsupported_media_type', undefined],
  ] as const)(
    'with %s are refused by name, and nothing is stored',
    async (_, name, body, headers, ...expected) => {
      const response = await upload(name, body, headers);
      const { code, field } = problemIn(response);
      expect([response.status, code, field]).toEqual(expected);
      expect(await stored()).toEqual({ items: [] });
    },
  );

  it.each([
    ...['text/csv; charset=utf-8', 'application/vnd.ms-excel', 'text/plain', 'application/csv'],
    ...['application/octet-stream', 'text/tab-separated-values'],
  ])('are taken as %s', async (type) => {
    expect((await upload('usage', 'model;cost\r\na;1,5\r\n', { 'content-type': type })).status).toBe(201);
  });

  it('are taken as the one file of a form', async () => {
    const response = await upload('usage', form('file'), formType);
    expect(JSON.parse(response.text)).toMatchObject({
      rowCount: 1,
      columns: [{ name: 'a', type: 'integer' }],
    });
  });

  it('say how to send one where something else was sent', async () => {
    const { detail } = problemIn(await upload('usage', '%PDF', { 'content-type': 'application/pdf' }));
    expect(detail).toContain('text/csv');
  });

  it('are the only place where a CSV is a body', async () => {
    for (const headers of [csv, formType, { 'content-type': 'text/plain' }]) {
      const request = { method: 'POST', path: '/v1/threads', token, headers, body: 'title\nx\n' };
      expect((await probe(server.url, request)).status).toBe(415);
    }
  });
});

describe('the assistant, offline, asked about a table', () => {
  it('answers from the user’s own rows, and knows no others', async () => {
    const [ada, eve] = [await signUp(server), await signUp(server)];
    await ada.client.uploadTable({ name: 'usage', csv: 'model,cost\na,1.5\nb,2\na,3\n' });
    const ask = async (account: typeof ada, question: string): Promise<string> => {
      const thread = await openThread(server, account);
      await thread.send(question);
      return answerIn(await untilRunsEnd(thread.events()));
    };
    expect(await ask(ada, 'How many rows has usage?')).toBe('rows in usage: 3. (offline model)');
    expect(await ask(ada, 'Sum of cost by model in table usage?')).toBe(
      'sum of cost by model in usage:\n- a: 4.5\n- b: 2\n(offline model)',
    );
    expect(await ask(eve, 'How many rows has usage?')).toMatch(/^The tool tables_query failed/);
    expect(await ask(eve, 'Which tables do I have?')).toMatch(/^You have no tables/);
  });
});
