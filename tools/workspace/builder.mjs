import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** TypeScript 7 compiles; it has no API for ESLint and Nx, which use TypeScript 6. */
const compiler = join('node_modules', 'typescript-7', 'bin', 'tsc');
const roots = ['apps', 'libs', 'tools'];
/** What every project's output depends on. */
const shared = ['package-lock.json', 'tsconfig.base.json', 'tsconfig.build.json'];
const stampFolder = join('.nx', 'build');
const POLL_MS = 100;
/** A lock that nobody has touched for as long is of a process that has died. */
const STALE_MS = 15_000;

/**
 * Builds what is stale of projects and of all they import. Every process that builds in a checkout takes turns per
 * project, and the second one finds it done. A running process loses nothing: each file of `dist` is replaced in one
 * step, and only if it says something else.
 * @param folders e.g. `apps/gateway`
 * @throws Error with the compiler's complaints
 */
export async function buildProjects(folders, say = (text) => process.stderr.write(`${text}\n`)) {
  const projects = await findProjects();
  const built = new Map();
  const inTurn = turns(Math.min(availableParallelism(), 4));

  /** @returns a hash of the output */
  const build = (folder, path) => {
    if (path.includes(folder))
      throw new Error(`Projects import each other: ${[...path, folder].join(' → ')}`);
    if (!built.has(folder)) built.set(folder, buildOnce(folder, [...path, folder]));
    return built.get(folder);
  };

  const buildOnce = async (folder, path) => {
    const { sources, imports } = await readSources(folder);
    const needed = imports.map((name) => projects.get(name)).filter((at) => at && at !== folder);
    const outputs = await Promise.all([...new Set(needed)].map((at) => build(at, path)));
    const input = await hashOf(
      [...sources, ...(await configurationOf(folder))],
      [process.version, ...outputs],
    );
    const isDone = () => upToDate(folder, input);
    const make = () => {
      say(`Building ${folder} …`);
      return compile(folder, input);
    };
    return (await isDone()) ?? withLock(folder, say, async () => (await isDone()) ?? (await inTurn(make)));
  };

  await Promise.all(folders.map((folder) => build(folder, [])));
}

/** Runs so many pieces of work at a time. */
function turns(atOnce) {
  const waiting = [];
  let running = 0;
  return async (work) => {
    if (running >= atOnce) await new Promise((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The place is handed on.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

/** By package name. */
async function findProjects() {
  const projects = new Map();
  for (const root of roots) {
    for (const name of await readdir(root)) {
      const text = await readFile(join(root, name, 'package.json'), 'utf8').catch(() => undefined);
      const isBuilt = await exists(join(root, name, 'tsconfig.build.json'));
      if (text !== undefined && isBuilt) projects.set(JSON.parse(text).name, join(root, name));
    }
  }
  return projects;
}

async function readSources(folder) {
  const files = (await filesIn(join(folder, 'src'))).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
  );
  const imports = new Set();
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    for (const [, name] of text.matchAll(/from '(@bulkhead\/[\w-]+)/g)) imports.add(name);
    for (const [, name] of text.matchAll(/import\('(@bulkhead\/[\w-]+)/g)) imports.add(name);
  }
  return { sources: files, imports: [...imports] };
}

async function configurationOf(folder) {
  const own = ['package.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) => join(folder, name));
  const tools = ['builder.mjs', 'vendor-types.mjs'].map((name) => join('tools', 'workspace', name));
  const files = [...own, ...shared, ...tools];
  const found = await Promise.all(files.map(exists));
  return files.filter((_, index) => found[index]);
}

/** The hash of the output, when it is what was made from this input. */
async function upToDate(folder, input) {
  const stamp = await readFile(stampOf(folder), 'utf8')
    .then(JSON.parse)
    .catch(() => undefined);
  if (stamp?.input !== input) return undefined;
  const output = await outputHash(folder);
  return output === stamp.output ? output : undefined;
}

async function outputHash(folder) {
  const dist = join(folder, 'dist');
  return hashOf(await filesIn(dist).catch(() => []), [], dist);
}

/** Compiles beside `dist`, and then brings `dist` into that state file by file. */
async function compile(folder, input) {
  const draft = join(folder, `.build-${process.pid}`);
  try {
    await run(compiler, '-p', join(folder, 'tsconfig.build.json'), '--outDir', draft);
    const { publishConfig } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    if (publishConfig) await run(join('tools', 'workspace', 'vendor-types.mjs'), draft);
    await replace(draft, join(folder, 'dist'));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  const output = await outputHash(folder);
  await mkdir(stampFolder, { recursive: true });
  const next = `${stampOf(folder)}.${process.pid}`;
  await writeFile(next, JSON.stringify({ input, output }));
  await rename(next, stampOf(folder));
  return output;
}

/** What is new comes before what imports it, and what nobody imports any more goes last. */
async function replace(draft, dist) {
  const made = (await filesIn(draft)).map((file) => relative(draft, file));
  const present = new Set((await filesIn(dist).catch(() => [])).map((file) => relative(dist, file)));
  const added = made.filter((file) => !present.has(file));
  const kept = made.filter((file) => present.has(file));
  for (const file of [...added, ...kept]) {
    const [from, to] = [join(draft, file), join(dist, file)];
    if (present.has(file) && (await readFile(from)).equals(await readFile(to))) continue;
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
  }
  const isMade = new Set(made);
  for (const file of present) if (!isMade.has(file)) await rm(join(dist, file), { force: true });
}

async function run(...args) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(output.trim() || `${args[0]} ended with ${code}`);
}

async function withLock(folder, say, work) {
  const lock = `${stampOf(folder)}.lock`;
  await mkdir(stampFolder, { recursive: true });
  let isTold = false;
  for (;;) {
    const file = await open(lock, 'wx').catch((error) => {
      if (error.code === 'EEXIST') return undefined;
      throw error;
    });
    if (file) {
      await file.writeFile(String(process.pid));
      await file.close();
      break;
    }
    if (await isAbandoned(lock)) await rm(lock, { force: true });
    else if (!isTold) say(`Waiting for another process that builds ${folder} …`);
    isTold = true;
    await delay(POLL_MS);
  }
  const alive = setInterval(() => utimes(lock, new Date(), new Date()).catch(() => undefined), STALE_MS / 5);
  try {
    return await work();
  } finally {
    clearInterval(alive);
    await rm(lock, { force: true });
  }
}

async function isAbandoned(lock) {
  const [pid, seen] = await Promise.all([readFile(lock, 'utf8'), stat(lock)]).catch(() => []);
  if (seen === undefined) return false;
  if (Date.now() - seen.mtimeMs > STALE_MS) return true;
  try {
    return pid !== '' && !process.kill(Number(pid), 0);
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

async function hashOf(files, more, base = '.') {
  const hash = createHash('sha256').update(JSON.stringify(more));
  const texts = await Promise.all(files.map((file) => readFile(file)));
  for (const [index, file] of files.entries()) {
    hash.update(`\0${relative(base, file)}\0${texts[index].length}\0`).update(texts[index]);
  }
  return hash.digest('hex');
}

const stampOf = (folder) => join(stampFolder, `${basename(dirname(folder))}-${basename(folder)}.json`);

const exists = (path) =>
  stat(path).then(
    () => true,
    () => false,
  );
