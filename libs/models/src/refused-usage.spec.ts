import { withoutRefusedUsage } from './refused-usage.ts';

const body = JSON.stringify({ model: 'm', stream_options: { include_usage: true } });
const detail = [
  { type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' },
];

/** A server that says these things, one after the other, and keeps what it is sent. */
function aServer(...responses: Response[]) {
  const sent: unknown[] = [];
  const send = withoutRefusedUsage((_, init) => {
    sent.push(JSON.parse(init?.body as string));
    return Promise.resolve(responses.shift() ?? new Response('ok'));
  });
  return { sent, ask: (text = body) => send('http://127.0.0.1/', { method: 'POST', body: text }) };
}

describe('a wish for usage figures', () => {
  it('is taken back where a server refuses it, and not uttered again', async () => {
    const { sent, ask } = aServer(Response.json({ detail }, { status: 422 }));
    expect(await (await ask()).text()).toBe('ok');
    expect(await (await ask()).text()).toBe('ok');
    expect(sent).toEqual([JSON.parse(body), { model: 'm' }, { model: 'm' }]);
  });

  it.each([
    ['another refusal', 400, { error: { message: 'unknown field "tools"' } }],
    ['a refusal that repeats the request', 400, { error: { message: `You sent ${body}` } }],
    ['a failure', 500, { detail }],
  ])('stays after %s, which is handed on', async (_, status, refusal) => {
    const { sent, ask } = aServer(Response.json(refusal, { status }));
    const response = await ask();
    expect([response.status, await response.json()]).toEqual([status, refusal]);
    expect(sent).toHaveLength(1);
  });

  it('is not looked for in requests without it', async () => {
    const { sent, ask } = aServer(Response.json({ detail }, { status: 422 }));
    expect((await ask('{"model":"m"}')).status).toBe(422);
    expect(sent).toHaveLength(1);
  });
});
