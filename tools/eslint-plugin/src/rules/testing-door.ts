import { moduleRule } from '../ast/modules.ts';

/** What makes identities and contexts for tests is not for the server. */
export const testingDoor = moduleRule({
  name: 'testing-door',
  modules: /^@bulkhead\/[^/]+\/testing$/,
  message: 'Builders for tests stay in tests: import this in specs, src/testing, e2e or tools only.',
  except: ['**/*.spec.ts', '**/src/testing/**', 'e2e/**', 'tools/**'],
});
