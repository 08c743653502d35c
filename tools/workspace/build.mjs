import { buildProjects } from './builder.mjs';

// Called by Nx for one project after those that it imports: what is up to date is left alone.
try {
  await buildProjects(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
