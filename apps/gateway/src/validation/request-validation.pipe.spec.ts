import fc from 'fast-check';
import { MessageSendDto, ThreadSubscribeDto } from '../realtime/socket.dto.ts';
import { RequestValidationPipe } from './request-validation.pipe.ts';

const pipe = new RequestValidationPipe();
const threadId = '0192f0c1-7a3b-4c5d-8e6f-001122334455';
const validate = (body: unknown, metatype: new () => object = MessageSendDto) =>
  pipe.transform(body, { type: 'body', metatype });
const fieldRefused = (body: unknown): Promise<string> =>
  validate(body).then(
    () => 'nothing',
    (error: { details: { field: string } }) => error.details.field,
  );

describe('a frame or body', () => {
  it('that is valid becomes its DTO, with defaults', async () => {
    const dto = await validate({ threadId, content: 'Hello' });
    expect(dto).toBeInstanceOf(MessageSendDto);
    expect(dto).toEqual({ threadId, content: 'Hello', agentName: 'assistant' });
  });

  it.each([
    ['a missing field', { content: 'x' }, 'threadId'],
    ['a wrong type', { threadId, content: 7 }, 'content'],
    ['an empty message', { threadId, content: '' }, 'content'],
    ['a message that is too long', { threadId, content: 'x'.repeat(32_001) }, 'content'],
    ['an id that is none', { threadId: 'default', content: 'x' }, 'threadId'],
    ['an unknown field', { threadId, content: 'x', userId: threadId }, 'userId'],
    ['a lone surrogate', { threadId, content: 'a\ud800' }, 'content'],
    ['a NUL', { threadId, content: 'a\0b' }, 'content'],
    ['__proto__', JSON.parse(`{"threadId":"${threadId}","content":"x","__proto__":{"a":1}}`), '__proto__'],
    ['constructor deep inside', { threadId, content: 'x', a: { b: { constructor: 1 } } }, 'a.b.constructor'],
    ['an array', [], 'body'],
    ['null', null, 'body'],
    ['a string', 'text', 'body'],
    ['nothing', undefined, 'body'],
  ])('with %s is refused by name', async (_, body, field) => {
    expect(await fieldRefused(body)).toBe(field);
  });

  it('never comes back in its refusal', async () => {
    const error: unknown = await validate({ threadId: 'canary-7f3a', content: 'x' }).catch(
      (refusal: unknown) => refusal,
    );
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify([(error as Error).message, error])).not.toContain('canary-7f3a');
  });

  it('that lacks a field is told so, whatever rules the field has', async () => {
    await expect(validate({ threadId })).rejects.toThrow('Content is required.');
    await expect(validate({ threadId, content: '' })).rejects.toThrow('Content should not be empty.');
  });

  it('is told every field that breaks a rule at once, the first as `field`', async () => {
    const broken = { threadId: 'default', agentName: 7, extra: 1 };
    const error = await validate(broken).catch((error: Error) => error);
    expect(error).toMatchObject({ details: { field: expect.any(String) as string } });
    for (const name of ['threadId', 'agentName', 'extra', 'content is required'])
      expect(String((error as Error).message).toLowerCase()).toContain(name.toLowerCase());
  });

  it('of any shape is answered with a refusal or a DTO, and leaves Object.prototype alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (body) => {
        await validate(body, ThreadSubscribeDto).catch((error: { code: string }) => {
          expect(error.code).toBe('invalid_request');
        });
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });
});
