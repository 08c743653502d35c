import { ValidateBy, type ValidationArguments } from 'class-validator';
import type { Rule } from './account-rules.ts';

/** Validates a field by the service's own rule, so that the two can't disagree. */
export const MatchesRule = (rule: Rule): PropertyDecorator => {
  const refusalOf = (value: unknown, args?: ValidationArguments) =>
    rule(value, { ...(args?.object as Record<string, unknown> | undefined) });
  return ValidateBy({
    name: 'obeys',
    validator: {
      validate: (value, args) => refusalOf(value, args) === undefined,
      defaultMessage: (args) => `${args?.property} ${refusalOf(args?.value, args)}`,
    },
  });
};
