import fc from 'fast-check';
import { findExpression, isExpression } from './offline-arithmetic.ts';

describe('findExpression', () => {
  it.each([
    ['What is 37 * 43?', '37 * 43'],
    ['compute 2^10 / 4', '2^10 / 4'],
    ['(3+4)*2', '(3+4)*2'],
    ['37 times 43', '37 * 43'],
    ['What is 3 plus 4 minus 5?', '3 + 4 - 5'],
    ['Divide: 10 divided by 4.', '10 / 4'],
    ['6 multiplied by -7', '6 * -7'],
    ['2 to the power of 8', '2 ^ 8'],
    ['2**8', '2^8'],
    ['10 mod 3', '10 % 3'],
    ['3 x 4', '3 * 4'],
    ['3×4 is what?', '3*4'],
    ['8 ÷ 2', '8 / 2'],
    ['8 − 2', '8 - 2'],
    ['What is 1,234,567 + 1?', '1234567 + 1'],
    ['What is 15% of 80?', '15 / 100 * 80'],
    ['What is 50% + 1?', '50% + 1'],
    ['It costs 3.50 * 2.', '3.50 * 2'],
    ['.5 + .5', '.5 + .5'],
    ['(see 2+2)', '2+2'],
    ['2+2=?', '2+2'],
    ['1. What is ((1 + 2) * (3 - 4))?', '((1 + 2) * (3 - 4))'],
    ['What is 10 - 4?', '10 - 4'],
    ['what is 10-4', '10-4'],
    ['10-4', '10-4'],
    ['What is 3  *  4', '3 * 4'],
    ['Is (3 + 4 right? Or 5 + 6?', '3 + 4'],
  ])('finds in %j the expression %j', (text, expression) => {
    expect(findExpression(text)).toBe(expression);
  });

  it.each([
    'Hello',
    '',
    '42',
    'I am 42 years old.',
    'Call 555-1234.',
    'We are open 24/7',
    'pages 3-5',
    'What happened on 2024-05-06?',
    'What happened on 5/6/2024?',
    '2024-05-06',
    'at 10:30-11:30',
    'version 1.2.3',
    'a-b',
    'C++',
    'x*y',
    'covid-19 + flu',
    'What is 50%?',
    'What is -5?',
    'What is (3)?',
    'I have 3\n- 4 apples',
    'What is 3 + 4th?',
  ])('finds none in %j', (text) => {
    expect(findExpression(text)).toBeUndefined();
  });

  it('never throws, and finds nothing but an expression in symbols', () => {
    const piece = fc.constantFrom(
      ...'0123456789+-*/^().% \n',
      ' plus ',
      ' times ',
      'x',
      '=',
      '٣',
      '²',
      'what ',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const found = findExpression(text);
        if (found !== undefined) {
          expect(found).toMatch(/^[0-9+\-*/^().% ]+$/);
          expect(isExpression(found)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['(', '-', '1%', '1%(', '1+', 'x', ' ', '1 x ', '\u00a0', '9', '1,'])(
    'reads a flood of %j without reading it again for each character',
    (flood) => {
      findExpression(flood.repeat(1_000_000));
    },
  );
});

describe('isExpression', () => {
  it.each([
    ['37 * 43', true],
    ['37 times 43', true],
    [' 6*7 ', true],
    ['6*7 is 42', false],
    ['42', false],
    ['2024-05-06', false],
  ])('says of %j: %s', (text, expected) => {
    expect(isExpression(text)).toBe(expected);
  });
});
