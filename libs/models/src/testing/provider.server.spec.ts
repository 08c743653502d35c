import { dialects, type DialectName } from './provider-dialects.ts';
import { ProviderServer, type ProviderAct } from './provider.server.ts';
import { signatureOf } from './dialects/anthropic-wire.ts';

let server: ProviderServer;
let baseUrl = '';
const open = async (name: DialectName): Promise<void> => {
  server = new ProviderServer(name);
  baseUrl = await server.listen();
};
afterEach(() => server.close());

async function ask(
  name: DialectName,
  body: object,
  path?: string,
): Promise<{ status: number; text: string }> {
  const { keyHeader, keyPrefix, model } = dialects[name];
  const response = await fetch(`${baseUrl}${path ?? dialects[name].path(model)}`, {
    method: 'POST',
    headers: { [keyHeader]: `${keyPrefix}sk-fake` },
    body: typeof body === 'string' ? body : JSON.stringify({ model, ...body }),
  });
  return { status: response.status, text: await response.text() };
}

const user = { role: 'user', content: 'Add.' };
const thinking: ProviderAct = {
  does: 'answer',
  answer: { reasoning: 'Hm.', toolCalls: [{ name: 'add', arguments: { x: 1 } }] },
};

describe('a provider server', () => {
  it('gives calls the ids of its service, each once', async () => {
    await open('mistral');
    server.will({
      does: 'answer',
      answer: {
        toolCalls: [
          { name: 'a', arguments: {} },
          { name: 'b', arguments: {} },
        ],
      },
    });
    const texts = [await ask('mistral', { messages: [user] }), await ask('mistral', { messages: [user] })];
    const ids = texts.flatMap(({ text }) => [...text.matchAll(/"id":"(m\w{8})"/g)].map(([, id]) => id));
    expect(new Set(ids).size).toBe(4);
  });

  it('keeps what it refused apart from what it took, and spends no act on it', async () => {
    await open('openai');
    server.will(
      { does: 'answer', answer: { texts: ['one'] } },
      { does: 'answer', answer: { texts: ['two'] } },
    );
    expect(await ask('openai', { messages: [] })).toMatchObject({ status: 400 });
    expect((await ask('openai', { messages: [user] })).text).toContain('one');
    expect([server.accepted.length, server.refusals.length]).toEqual([1, 1]);
  });

  it('refuses other addresses, half characters, and what no rule can look at', async () => {
    await open('openai');
    expect(await ask('openai', { messages: [user] }, '/models')).toMatchObject({ status: 404 });
    expect(await ask('openai', { messages: [{ ...user, content: 'x\ud83d' }] })).toMatchObject({
      status: 400,
    });
    expect(await ask('openai', { messages: [{ ...user, content: 'x🦉' }] })).toMatchObject({ status: 500 });
    expect(await ask('openai', { messages: 'x' })).toMatchObject({ status: 400 });
  });

  it.each<[string, object, number]>([
    ['none', {}, 400],
    ['others', { reasoning_content: 'Oh.' }, 400],
    ['its own', { reasoning_content: 'Hm.' }, 200],
  ])(
    'of DeepSeek wants the thoughts of a turn that calls: with %s it answers',
    async (_, thoughts, status) => {
      await open('deepseek');
      server.will(thinking);
      const id = /"id":"(call_\w+)"/.exec((await ask('deepseek', { messages: [user] })).text)?.[1];
      const call = { id, type: 'function', function: { name: 'add', arguments: '{"x":1}' } };
      const turn = { role: 'assistant', content: null, tool_calls: [call], ...thoughts };
      const messages = [user, turn, { role: 'tool', tool_call_id: id, content: '2' }];
      expect(await ask('deepseek', { messages })).toMatchObject({ status });
    },
  );

  it.each<[string, object[], number]>([
    ['none', [], 400],
    ['others', [{ type: 'thinking', thinking: 'Oh.', signature: signatureOf('Oh.') }], 400],
    ['changed ones', [{ type: 'thinking', thinking: 'Oh.', signature: signatureOf('Hm.') }], 400],
    ['its own', [{ type: 'thinking', thinking: 'Hm.', signature: signatureOf('Hm.') }], 200],
  ])(
    'of Anthropic wants the thoughts of a turn that calls: with %s it answers',
    async (_, thoughts, status) => {
      await open('anthropic');
      server.will(thinking);
      const asked = { max_tokens: 9 };
      const id = /"id":"(toolu_\w+)"/.exec(
        (await ask('anthropic', { ...asked, messages: [user] })).text,
      )?.[1];
      const turn = {
        role: 'assistant',
        content: [...thoughts, { type: 'tool_use', id, name: 'add', input: { x: 1 } }],
      };
      const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: '2' }] };
      expect(await ask('anthropic', { ...asked, messages: [user, turn, result] })).toMatchObject({ status });
    },
  );
});
