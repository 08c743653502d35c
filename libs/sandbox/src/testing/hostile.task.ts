import { execFileSync } from 'node:child_process';
import { threadId } from 'node:worker_threads';

/** A task that behaves as badly as it is told to. */
export default function hostile(deed: string): unknown {
  switch (deed) {
    case 'loop':
      for (;;);
    case 'hoard': {
      const hoard: unknown[] = [];
      for (;;) hoard.push(new Array(10_000).fill(Math.random()));
    }
    case 'exit':
      return process.exit(0);
    case 'throw':
      throw new Error('a defect');
    case 'recurse':
      return hostile(deed);
    case 'settings':
      return execFileSync('/usr/bin/env', { encoding: 'utf8' });
    default:
      return { deed, isOwnThread: threadId !== 0 };
  }
}
