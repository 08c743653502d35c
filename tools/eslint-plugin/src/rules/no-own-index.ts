import { moduleRule } from '../ast/modules.ts';

/** A lib does not go through its own door. */
export const noOwnIndex = moduleRule({
  name: 'no-own-index',
  modules: /^\.\.?(\/\.\.)*(\/index(\.[jt]s)?)?\/?$/,
  message: 'Import the file that declares it: going through the own index makes an import cycle.',
  files: ['{apps,libs,tools}/*/src/**'],
  except: ['**/*.spec.ts'],
});
