import { selectorRule } from '../rule.ts';

/** A value has the type that it was given, not the one that its user wishes for. */
export const noDoubleCast = selectorRule({
  name: 'no-double-cast',
  selectors: [
    ':matches(TSAsExpression, TSTypeAssertion) > :matches(TSAsExpression, TSTypeAssertion).expression' +
      ':matches([typeAnnotation.type="TSUnknownKeyword"], [typeAnnotation.type="TSAnyKeyword"], [typeAnnotation.type="TSNeverKeyword"])',
  ],
  message: 'A double cast makes any value any type. Parse or narrow the value, or build a real one.',
  except: ['libs/user-context/src/**'],
});
