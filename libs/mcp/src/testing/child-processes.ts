import { readdirSync, readFileSync } from 'node:fs';

export const titleOf = (id: string): string => `mcp-child-${id}`;

/** The process of a child that calls itself by this id, as this process sees it. Undefined when it has ended. */
export function processOf(id: string): number | undefined {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const pid = pids.find((each) => commandLineOf(each).startsWith(titleOf(id)));
  return pid === undefined ? undefined : Number(pid);
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
