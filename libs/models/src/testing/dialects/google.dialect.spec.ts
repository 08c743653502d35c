import { askDialect } from './asked-dialect.ts';
import { thoughtSignatureOf } from './google-wire.ts';

const user = { role: 'user', parts: [{ text: 'Hello' }] };
const said = { role: 'model', parts: [{ text: 'Hi' }] };
const call = (name: string, thoughtSignature: string | undefined = thoughtSignatureOf(name)) => ({
  functionCall: { name, args: {} },
  thoughtSignature,
});
const unsigned = (name: string) => ({ functionCall: { name, args: {} } });
const calling = (...parts: object[]) => ({ role: 'model', parts });
const response = (name: string) => ({ functionResponse: { name, response: {} } });
const answering = (...parts: object[]) => ({ role: 'user', parts });
const declaring = (name: string, parameters?: object) => ({
  contents: [user],
  tools: [{ functionDeclarations: [{ name, description: '-', parameters }] }],
});
const at = (...contents: object[]) => ({ contents });
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });

/** The rule, a request that breaks it, the nearest that doesn't, and what the first is told. */
type Case = [string, object, object, string];
const cases: Case[] = [
  ['contents', at(), at(user), 'contents is not specified'],
  [
    'parts',
    at(user, calling(), user),
    at(user, said, user),
    'contents[1].parts: contents.parts must not be empty',
  ],
  [
    'parts with something in them',
    at(user, calling({ text: '' }), user),
    at(user, said, user),
    "contents[1].parts[0].data: required oneof field 'data'",
  ],
  [
    'two roles only',
    at({ role: 'assistant', parts: user.parts }),
    at(user),
    'Please use a valid role: user, model.',
  ],
  [
    'names in responses',
    at(user, calling(call('add')), answering(response(''))),
    at(user, calling(call('add')), answering(response('add'))),
    'Name cannot be empty',
  ],
  [
    'calls directly after the user',
    at(user, said, calling(call('add')), answering(response('add'))),
    at(user, said, user, calling(call('add')), answering(response('add'))),
    'function call turn comes immediately after',
  ],
  [
    'responses directly after calls',
    at(user, said, answering(response('add'))),
    at(user, said, user),
    'function response turn comes immediately after',
  ],
  [
    'as many responses as calls',
    at(user, calling(call('add'), unsigned('add')), answering(response('add'))),
    at(user, calling(call('add'), unsigned('add')), answering(response('add'), response('add'))),
    'number of function response parts is equal',
  ],
  [
    'a response to the last call',
    at(user, calling(call('add'))),
    at(user, calling(call('add')), answering(response('add'))),
    'end with a user role',
  ],
  [
    'a signature on the first call of each step',
    at(
      user,
      calling(call('add')),
      answering(response('add')),
      calling(unsigned('add')),
      answering(response('add')),
    ),
    at(
      user,
      calling(call('add')),
      answering(response('add')),
      calling(call('add')),
      answering(response('add')),
    ),
    'Function call is missing a thought_signature',
  ],
  [
    'its own signature',
    at(user, calling(call('add', 'x')), answering(response('add'))),
    at(user, calling(call('add', 'skip_thought_signature_validator')), answering(response('add'))),
    'Corrupted thought signature',
  ],
  ['names that begin with a letter or _', declaring('1a'), declaring('_1a'), 'Invalid function name'],
  [
    'schemas in its subset',
    declaring('a', object({ x: { type: 'object', properties: {}, additionalProperties: false } })),
    declaring('a', object({ x: object({}) })),
    'Unknown name "additionalProperties" at \'tools[0].function_declarations[0].parameters.properties[x]\'',
  ],
  [
    'arrays that say of what',
    declaring('a', object({ x: { type: 'array' } })),
    declaring('a', object({ x: { type: 'array', items: { type: 'string' } } })),
    'parameters.properties[x].items: missing field',
  ],
  [
    'required properties that exist',
    declaring('a', object({}, { required: ['x'] })),
    declaring('a', object({ x: {} }, { required: ['x'] })),
    'parameters.required[0]: property is not defined',
  ],
  [
    'choices that are not empty',
    declaring('a', object({ x: { type: 'string', enum: [''] } })),
    declaring('a', object({ x: { type: 'string', enum: ['y'] } })),
    'enum[0]: cannot be empty',
  ],
];

describe("the fake of Google's service", () => {
  it.each(cases)('demands %s', async (_, bad, good, message) => {
    expect(await askDialect('google', bad as Record<string, unknown>)).toMatchObject({
      status: 400,
      body: { error: { code: 400, status: 'INVALID_ARGUMENT', message: expect.stringContaining(message) } },
    });
    const accepted = await askDialect('google', good as Record<string, unknown>);
    expect(accepted).toMatchObject({ status: 200, body: expect.stringContaining('Hello') });
  });

  it('does not ask for signatures of former turns', async () => {
    const contents = [user, calling(unsigned('add')), answering(response('add')), said, user];
    expect(await askDialect('google', { contents })).toMatchObject({ status: 200 });
  });

  it('names each field that it does not know', async () => {
    const { body } = await askDialect('google', declaring('a', object({ x: { $ref: '#', const: 1 } })));
    expect(body).toMatchObject({ error: { details: [{ fieldViolations: [{}, {}] }] } });
  });

  it('demands a key, and a model that it has, and no more than fits', async () => {
    const error = (code: number, status: string, message: string) => ({
      status: code,
      body: { error: { code, status, message: expect.stringContaining(message) } },
    });
    const body = { contents: [user] };
    expect(await askDialect('google', body, { key: '' })).toMatchObject(
      error(403, 'PERMISSION_DENIED', 'API Key'),
    );
    expect(await askDialect('google', body, { model: 'gpt-9' })).toMatchObject(
      error(404, 'NOT_FOUND', 'models/gpt-9 is not found'),
    );
    expect(await askDialect('google', body, { contextTokens: 1 })).toMatchObject(
      error(400, 'INVALID_ARGUMENT', 'exceeds the maximum number of tokens allowed (1)'),
    );
  });
});
