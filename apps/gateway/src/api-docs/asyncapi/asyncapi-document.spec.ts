import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { ChatGateway } from '../../realtime/chat.gateway.ts';
import { asyncApiDocument } from './asyncapi-document.ts';

interface Document {
  readonly operations: Readonly<Record<string, { readonly action: 'send' | 'receive' }>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const document = JSON.parse(JSON.stringify(asyncApiDocument())) as Document;
const published: object = createRequire(import.meta.url)(
  '@asyncapi/specs/schemas/3.0.0-without-$id.json',
) as object;

/** The events that Nest would bind: every method that says so. */
const subscribed = (): string[] =>
  Object.getOwnPropertyNames(ChatGateway.prototype).flatMap((method) => {
    const handler: unknown = Reflect.get(ChatGateway.prototype, method);
    const event: unknown =
      typeof handler === 'function' ? Reflect.getMetadata('message', handler) : undefined;
    return typeof event === 'string' ? [event] : [];
  });

/** Says what is wrong with a payload of a schema of the document; undefined when nothing is. */
const validate = (name: string, payload: unknown): string | undefined => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'document');
  const isValid = ajv.compile({ $ref: `document#/components/schemas/${name}` });
  return isValid(payload) ? undefined : ajv.errorsText(isValid.errors);
};

describe('the AsyncAPI document', () => {
  it('is valid AsyncAPI 3', () => {
    const isValid = new Ajv({ strict: false, validateFormats: false }).compile(published);
    expect(isValid(document) ? [] : isValid.errors).toEqual([]);
  });

  it('describes each event that the gateway is subscribed to, and no other', () => {
    const received = Object.entries(document.operations).filter(([, { action }]) => action === 'receive');
    expect(received.map(([event]) => event).sort()).toEqual(subscribed().sort());
  });

  it('refers to nothing that is not there', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
    const missing = refs.filter(
      (path) =>
        path.split('/').reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], document) ===
        undefined,
    );
    expect(refs.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });

  const id = '5b6ee3a3-74be-4c54-9fd2-7f3b7de0d6d2';

  it.each([
    ['message_send', { threadId: id, content: 'hello' }],
    ['event_ack', { threadId: id, seq: 1 }],
    ['run_cancel.answer', { ok: true, requestId: id, data: { runId: id, state: 'running' } }],
    [
      'run_cancel.answer',
      {
        ok: false,
        requestId: id,
        problem: { type: 'urn:x', title: 'x', status: 404, code: 'x', detail: 'x' },
      },
    ],
  ])('takes what the server takes: %s (%#)', (name, payload) => {
    expect(validate(name, payload)).toBeUndefined();
  });

  it.each([
    ['run_cancel.answer', { ok: true, data: { runId: id, state: 'running' } }, 'requestId'],
    ['message_send', { threadId: id }, 'content'],
    ['message_send', { threadId: id, content: '' }, 'fewer than 1'],
    ['message_send', { threadId: id, content: 'x'.repeat(32_001) }, 'more than 32000'],
    ['message_send', { threadId: id, content: 'x', agentName: 'No' }, 'pattern'],
    ['message_send', { threadId: id, content: 'x', userId: 'another' }, 'additional'],
    ['event_ack', { threadId: id, seq: 0 }, '>= 1'],
    ['event_ack', { threadId: id, seq: 1.5 }, 'integer'],
  ])('refuses what the server refuses, and never answers: %s (%#)', (name, payload, reason) => {
    expect(validate(name, payload)).toContain(reason);
  });
});
