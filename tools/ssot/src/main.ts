import { generate } from './generate.ts';
import { report } from './report/command.ts';
import { rewrite } from './rewrite/command.ts';

/** Each command: what it does with the workspace at `root`; the exit code. */
const commands: Readonly<
  Record<string, (root: string, args: readonly string[]) => Promise<number> | number>
> = {
  registry: (root, args) => generate(root, 'registry', args),
  diagram: (root, args) => generate(root, 'diagram', args),
  rewrite,
  report,
  // What `npm test` asks: is everything that is written from the code up to date, and nothing worse than before?
  compliance: async (root) =>
    Math.max(
      await generate(root, 'registry', ['--check']),
      await generate(root, 'diagram', ['--check']),
      await report(root, []),
    ),
};

const [name = '', ...args] = process.argv.slice(2);
const command = commands[name];
if (!command) console.error(`There is no command "${name}". There are: ${Object.keys(commands).join(', ')}.`);
process.exitCode = command ? await command(process.cwd(), args) : 2;
