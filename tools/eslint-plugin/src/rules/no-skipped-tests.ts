import { selectorRule } from '../rule.ts';

/** Every test runs. */
export const noSkippedTests = selectorRule({
  name: 'no-skipped-tests',
  selectors: [
    'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(skip|only|todo|failing)$/]',
    'CallExpression[callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/]',
  ],
  message:
    'A test that does not run, or keeps others from running, promises what nobody checks. Fix or delete it.',
});
