import { moduleRule } from '../ast/modules.ts';

/** Programs are started, not imported. */
export const noAppImports = moduleRule({
  name: 'no-app-imports',
  modules: /^@bulkhead\/(gateway|chat|console|e2e|benchmark)(\/|$)/,
  message: 'Nothing imports a program. Move what both need to a lib.',
});
