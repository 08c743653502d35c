import { InvalidContextError } from './context.errors.ts';
import { cloneRecord } from './json-record.ts';

class Account {
  readonly name = 'ada';
}
class Names extends Array<string> {}

const withAccessor = (host: object, key: string): object =>
  Object.defineProperty(host, key, { enumerable: true, get: () => expect(true).toBe(false) });
const cycle: Record<string, unknown> = {};
cycle['self'] = cycle;
const cyclicList: unknown[] = [];
cyclicList.push(cyclicList);

describe('cloneRecord', () => {
  it.each([
    ['a Map', new Map([['name', 'ada']])],
    ['a Set', new Set(['ada'])],
    ['a Date', new Date()],
    ['a RegExp', /ada/],
    ['a Buffer', Buffer.from('ada')],
    ['a promise', Promise.resolve()],
    ['a class instance', new Account()],
    ['an instance of an array class', Names.from(['ada'])],
    ['a boxed string', new String('ada')],
    ['an object with a prototype of its own', Object.create({ name: 'ada' })],
    ['a function', () => 'ada'],
    ['a symbol', Symbol('ada')],
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a bigint', 1n],
    ['a lone surrogate', 'ada\ud800'],
    ['a NUL', 'ada\0'],
    ['a cycle', cycle],
    ['a cyclic list', cyclicList],
    ['a list with a hole', Object.assign(new Array(2), { 0: 1 })],
    ['a list with a property', Object.assign([1], { name: 'ada' })],
    ['a list with a property in place of a hole', Object.assign(new Array(1), { name: 'ada' })],
    ['a list with an accessor', withAccessor([], '0')],
    ['an accessor', withAccessor({}, 'name')],
    ['a hidden property', Object.defineProperty({}, 'name', { value: 'ada', enumerable: false })],
    ['a symbol key', { [Symbol('name')]: 'ada' }],
    ['a lone surrogate in a key', { 'name\udc00': 'ada' }],
  ])('refuses %s, at any depth, and names where it is', (_what, value) => {
    for (const record of [{ value }, { list: [{ value }] }]) {
      expect(() => cloneRecord(record, 'agentContext')).toThrow(InvalidContextError);
      expect(() => cloneRecord(record, 'agentContext')).toThrow(/^agentContext[.[]/);
    }
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s, at any depth', (key) => {
    for (const text of [`{"${key}":{"admin":true}}`, `{"list":[{"${key}":1}]}`]) {
      expect(() => cloneRecord(JSON.parse(text), 'agentContext')).toThrow('has a key that is not allowed');
    }
    expect({}).not.toHaveProperty('admin');
  });

  it.each([undefined, null, 'text', 7, [], [1], new Map(), new Account()])(
    'refuses a source that is no plain object (%#)',
    (source) => {
      expect(() => cloneRecord(source, 'agentContext')).toThrow('agentContext must be a plain object.');
    },
  );

  it('never repeats a refused value', () => {
    expect(() => cloneRecord({ secret: 'hunter2\0' }, 'agentContext')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });

  it('names the path of the value', () => {
    expect(() => cloneRecord({ tags: ['a', { b: NaN }] }, 'agentContext')).toThrow(
      expect.objectContaining({ details: { field: 'agentContext.tags[1].b' } }),
    );
  });
});
