import fc from 'fast-check';
import { readToolCall } from './tool-call.ts';

describe('readToolCall', () => {
  it.each([
    ['{"x":1,"nested":{"list":[null,true]}}', { x: 1, nested: { list: [null, true] } }],
    ['{}', {}],
    ['', {}],
    [' \n', {}],
  ])('reads %j', (written, expected) => {
    expect(readToolCall('a', 'add', written)).toEqual({ id: 'a', name: 'add', arguments: expected });
  });

  it.each(['{"x":', 'null', '[1]', '"text"', '7', 'x = 1', '{"x":1e999}', '{"x":1,"__proto__":{"y":1}}'])(
    'keeps %j as the model wrote it',
    (written) => {
      expect(readToolCall('a', 'add', written)).toEqual({ id: 'a', name: 'add', invalidArguments: written });
    },
  );

  it('is plain JSON whatever the model writes', () => {
    const written = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(written, (text) => {
        const call = readToolCall('a', 'add', text);
        expect(JSON.stringify(JSON.parse(JSON.stringify(call)))).toBe(JSON.stringify(call));
      }),
    );
  });
});
