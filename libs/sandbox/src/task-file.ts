import { extname } from 'node:path';

/**
 * The module of a task, for `SandboxedCall.file`. Its name must be complete at run time: nothing compiles a string.
 * @param from `import.meta.url` of a module in the same folder
 * @param name without extension, e.g. `page-text.task`
 */
export const taskFile = (from: string, name: string): URL =>
  new URL(`./${name}${extname(new URL(from).pathname)}`, from);
