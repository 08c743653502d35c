import fc from 'fast-check';
import { cloneRecord, MAX_RECORD_DEPTH, MAX_RECORD_VALUES, type JsonValue } from './json-record.ts';
import { anyRecord } from './testing/arbitraries.ts';

const isDeepFrozen = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (Object.isFrozen(value) && Object.values(value).every(isDeepFrozen));

const nested = (levels: number): object => (levels === 1 ? {} : { inner: nested(levels - 1) });

describe('cloneRecord', () => {
  it('keeps any JSON object unchanged', () => {
    fc.assert(fc.property(anyRecord, (record) => expect(cloneRecord(record, 'field')).toEqual(record)));
  });

  it('keeps what JSON text says', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const text = JSON.stringify(record);
        expect(JSON.stringify(cloneRecord(JSON.parse(text), 'field'))).toBe(text);
      }),
    );
  });

  it('freezes every level', () => {
    fc.assert(fc.property(anyRecord, (record) => isDeepFrozen(cloneRecord(record, 'field'))));
  });

  it('shares nothing with its source', () => {
    const source = { list: [{ note: 'mine' }] };
    const clone = cloneRecord(source, 'field');
    source.list[0]!.note = 'changed';
    source.list.push({ note: 'added' });
    expect(clone).toEqual({ list: [{ note: 'mine' }] });
  });

  it('copies a value that occurs twice, which is no cycle', () => {
    const twice = { note: 'here' };
    const { first, second } = cloneRecord({ first: twice, second: twice }, 'field');
    expect(first).toEqual(second);
    expect(first).not.toBe(second);
  });

  it('writes negative zero as zero, as JSON does', () => {
    expect(cloneRecord({ zero: -0 }, 'field')).toEqual({ zero: 0 });
  });

  it('gives a record without a prototype an ordinary one', () => {
    const bare: object = Object.assign(Object.create(null) as object, { note: 'here' });
    expect(Object.getPrototypeOf(cloneRecord(bare, 'field'))).toBe(Object.prototype);
  });

  it('allows 32 levels and no more', () => {
    expect(() => cloneRecord(nested(MAX_RECORD_DEPTH), 'field')).not.toThrow();
    expect(() => cloneRecord(nested(MAX_RECORD_DEPTH + 1), 'field')).toThrow('nested deeper than 32 levels');
  });

  it('allows 10,000 values and no more', () => {
    const of = (count: number): { list: JsonValue[] } => ({
      list: Array.from({ length: count - 2 }, () => 1),
    });
    expect(() => cloneRecord(of(MAX_RECORD_VALUES), 'field')).not.toThrow();
    expect(() => cloneRecord(of(MAX_RECORD_VALUES + 1), 'field')).toThrow('one of more than 10000 values');
  });

  it('shows its visitor every key and every object made', () => {
    const keys: string[] = [];
    const clones: object[] = [];
    const clone = cloneRecord({ list: [{ note: 'here' }] }, 'field', {
      onKey: (key, _value, path) => keys.push(`${path} ${key}`),
      onClone: (made) => clones.push(made),
    });
    expect(keys).toEqual(['field list', 'field.list[0] note']);
    expect(clones).toHaveLength(3);
    expect(clones).toContain(clone);
  });
});
