import fc from 'fast-check';
import { MAX_IDENTIFIER_LENGTH, refusalOf } from './identifier-rules.ts';
import { anyId } from './testing/arbitraries.ts';

// Written out rather than imported: the list is the requirement, the constant only its implementation.
const refusedNames = [
  ...['registry', 'placeholder', 'default', 'temp', 'none', 'null', 'undefined', '0', '1', 'xxx', 'yyy'],
  ...['example', 'test', 'demo', 'sample', 'template', 'mock', 'fake', 'dummy'],
];
const refusedPrefixes = [
  ...['placeholder_', 'registry_', 'default_', 'temp_', 'test_', 'example_', 'demo_', 'sample_'],
  ...['template_', 'mock_', 'fake_'],
];
const placeholder = 'must be a real id, not a placeholder';

/** Any casing of one of `words`. */
const anyCasing = (words: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...words), fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }))
    .map(([word, upper]) => [...word].map((char, i) => (upper[i] ? char.toUpperCase() : char)).join(''));

describe('An identifier', () => {
  it.each(refusedNames)('is not "%s"', (name) => {
    expect(refusalOf(name)).toBe(placeholder);
  });

  it.each(refusedPrefixes)('does not begin with "%s"', (prefix) => {
    expect(refusalOf(`${prefix}42`)).toBe(placeholder);
  });

  it('is no placeholder name in any casing', () => {
    fc.assert(fc.property(anyCasing(refusedNames), (name) => refusalOf(name) === placeholder));
  });

  it('has no placeholder prefix in any casing, whatever follows', () => {
    fc.assert(
      fc.property(anyCasing(refusedPrefixes), anyId, (prefix, id) => refusalOf(prefix + id) === placeholder),
    );
  });

  it.each([
    'test-rig',
    'tester',
    'contest_1',
    '10',
    '00',
    'nonesuch',
    'demographics',
    'my_test_user',
    'dummy_1',
  ])('may be "%s", which only looks like a placeholder', (id) => {
    expect(refusalOf(id)).toBeUndefined();
  });

  it('has at least one and at most 128 characters', () => {
    expect(refusalOf('')).toBe('must not be empty');
    expect(refusalOf('a'.repeat(MAX_IDENTIFIER_LENGTH))).toBeUndefined();
    expect(refusalOf('a'.repeat(129))).toBe('must have at most 128 characters');
  });

  it.each([' ', '\t', '\n', '\u00a0', '\u2003', '\u3000', '\ufeff'])('has no whitespace (%#)', (space) => {
    for (const id of [space, `${space}ada`, `ada${space}`, `a${space}da`]) {
      expect(refusalOf(id)).toBe('must not contain whitespace');
    }
  });

  it('has no control characters', () => {
    const control = fc.oneof(fc.integer({ min: 0, max: 0x1f }), fc.integer({ min: 0x7f, max: 0x9f }));
    fc.assert(fc.property(control, (code) => refusalOf(`ada${String.fromCharCode(code)}x`) !== undefined));
  });

  it('has no lone surrogates, though it may have paired ones', () => {
    const lone = fc.integer({ min: 0xd800, max: 0xdfff }).map((code) => String.fromCharCode(code));
    fc.assert(fc.property(lone, (half) => refusalOf(`ada${half}x`) === 'must not contain lone surrogates'));
    expect(refusalOf('ada😀')).toBeUndefined();
  });

  it.each([undefined, null, 7, true, {}, [], Symbol('ada'), new String('ada'), ['ada']])(
    'is a string (%#)',
    (value) => {
      expect(refusalOf(value)).toBe('must be a string');
    },
  );

  it('is otherwise free, in any script', () => {
    fc.assert(fc.property(anyId, (id) => refusalOf(id) === undefined));
  });
});
