import { problemCatalogue, type ProblemEntry } from './problem-catalogue.ts';

const escape = (text: string): string => text.replaceAll('|', '\\|');

/** One problem as a page. */
export const problemText = (code: string, { status, meaning, whatToDo }: ProblemEntry): string =>
  `# ${code} (${status})\n\n${meaning}\n\n${whatToDo}\n`;

/** All of them as a page: docs/problems.md. */
export function allProblems(): string {
  const rows = Object.entries(problemCatalogue).map(
    ([code, { status, meaning, whatToDo }]) =>
      `| \`${code}\` | ${status} | ${escape(meaning)} | ${escape(whatToDo)} |`,
  );
  return [
    '# Problems',
    '',
    'Every error is problem details (RFC 9457). Its `type` is `/problems/<code>`, which the server answers with the',
    'meaning. Switch on `code`: it never changes. Written by `npm run problems` from',
    '`apps/gateway/src/problems/problem-catalogue.ts`.',
    '',
    '| code | status | means | what to do |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
