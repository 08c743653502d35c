import { selectorRule } from '../rule.ts';

/** An error of a lib has a kind and a code, and no status. */
export const noHttpExceptions = selectorRule({
  name: 'no-http-exceptions',
  selectors: [
    String.raw`ImportDeclaration[source.value=/^@nestjs\//] > ImportSpecifier[imported.name=/Exception$/]`,
  ],
  message:
    'Libs know no transport: throw an AppError from "@bulkhead/errors"; each transport maps it to its own status.',
  files: ['libs/**'],
});
