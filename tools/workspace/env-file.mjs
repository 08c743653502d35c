import { readFileSync } from 'node:fs';
import { parseEnv, TextDecoder } from 'node:util';

/** Names that others read, too: no reason to warn. */
const foreign = /^(?:NODE_|npm_|PG|COMPOSE_|DOCKER_|TZ$|PATH$|NO_COLOR$)/;

/**
 * The settings of an .env file, whatever editor wrote it: with a byte order mark or Windows line ends.
 * @returns the settings, and the names that are none of the known ones; undefined when there is no such file
 * @throws Error in words when it is not UTF-8
 */
export function readEnvFile(file, known) {
  let bytes;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`${file} can't be read: ${error.message}`, { cause: error });
  }
  const text = decode(bytes);
  if (text === undefined) {
    throw new Error(
      `${file} is not UTF-8 (it looks like UTF-16). Save it as UTF-8: not one setting of it was read.`,
    );
  }
  const settings = parseEnv(text.replaceAll('\r\n', '\n').replaceAll('\r', '\n'));
  const unknown = Object.keys(settings).filter((name) => !known.has(name) && !foreign.test(name));
  return { settings, unknown };
}

/** Every setting that .env.example has. */
export function settingsIn(example) {
  return new Set(Array.from(example.matchAll(/^([A-Z][A-Z0-9_]*)=/gm), ([, name]) => name));
}

/** Without the byte order mark; undefined for what is no UTF-8 text. */
function decode(bytes) {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
