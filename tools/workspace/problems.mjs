import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const source = pathToFileURL(join(process.cwd(), 'apps/gateway/src/problems/problem-text.ts')).href;
const { allProblems } = await import(source);
writeFileSync('docs/problems.md', allProblems());
