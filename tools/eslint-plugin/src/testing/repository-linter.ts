import { ESLint } from 'eslint';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** The rules that text would violate if it were the file at `path`. */
export type Violations = (path: string, text: string) => Promise<string[]>;

const violationsOf =
  (eslint: ESLint): Violations =>
  async (path, text) => {
    const results = await eslint.lintText(text, { filePath: join(root, path) });
    return results.flatMap(({ messages }) => messages).map(({ ruleId, message }) => ruleId ?? message);
  };

// Where CI is set, the parser takes a file's text from the disk, once, instead of the text it is given.
const manyTexts = { languageOptions: { parserOptions: { disallowAutomaticSingleRunInference: true } } };
/** The repository's own configuration, for files that exist. */
export const violations = violationsOf(new ESLint({ cwd: root, overrideConfig: manyTexts }));

// The compiler knows nothing of a file that is not there, so the rules that would ask it are off.
const { rules } = tseslint.configs.disableTypeChecked;
/** The same for planted files, without the rules that need types. */
export const plantedViolations = violationsOf(
  new ESLint({
    cwd: root,
    overrideConfig: [
      { rules: { ...rules } },
      { languageOptions: { parserOptions: { ...manyTexts.languageOptions.parserOptions, project: false } } },
    ],
  }),
);
