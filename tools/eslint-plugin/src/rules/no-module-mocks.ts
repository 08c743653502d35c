import { selectorRule } from '../rule.ts';

/** The thing under test is real. */
export const noModuleMocks = selectorRule({
  name: 'no-module-mocks',
  selectors: [
    String.raw`CallExpression[callee.object.name="jest"][callee.property.name=/^(mock|doMock|setMock|unstable_mockModule)$/] > Literal.arguments[value=/^(\.|@bulkhead\/)/]`,
  ],
  message: 'A mock of our own module proves nothing about it: use the builders, or pass a real object in.',
});
