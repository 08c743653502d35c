import { selectorRule } from '../rule.ts';

/** A class has one job. */
export const fewDependencies = selectorRule({
  name: 'few-dependencies',
  selectors: ['MethodDefinition[kind="constructor"] > FunctionExpression.value[params.length>6]'],
  message: 'More than six dependencies is more than one job: split the class.',
});
