import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildProjects } from './builder.mjs';
import { readEnvFile, settingsIn } from './env-file.mjs';

/** Builds what is stale of an app and runs it in this process, so that signals reach it directly. */
export async function runApp(folder, entry) {
  try {
    loadEnvFile();
    await buildProjects([folder]);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  await import(pathToFileURL(join(process.cwd(), entry)).href);
}

/** What the shell has set counts more. */
function loadEnvFile() {
  const known = settingsIn(readFileSync('.env.example', 'utf8'));
  const { settings, unknown } = readEnvFile('.env', known) ?? { settings: {}, unknown: [] };
  if (unknown.length > 0) {
    process.stderr.write(`.env has names that are no settings: ${unknown.join(', ')}. See .env.example.\n`);
  }
  for (const [name, value] of Object.entries(settings)) process.env[name] ??= value;
}
