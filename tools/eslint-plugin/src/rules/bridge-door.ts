import { moduleRule } from '../ast/modules.ts';

/** The older record stays at the edge. */
export const bridgeDoor = moduleRule({
  name: 'bridge-door',
  modules: /^@bulkhead\/[^/]+\/bridge$/,
  message: 'The bridge to the older record is for the edge, in apps. Here, take a UserExecutionContext.',
  except: ['apps/**'],
});
