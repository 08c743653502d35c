import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A Node process of ours, with everything it wrote. */
export class Child {
  readonly exit: Promise<Exit>;
  #output = '';
  #hasExited = false;
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #watchers = new Set<() => void>();

  /** @param environment is all it gets, besides the search path: nothing of the caller's leaks in */
  constructor(
    args: readonly string[],
    options: { readonly cwd: string; readonly environment: Record<string, string> },
  ) {
    const { PATH = '' } = process.env;
    this.#process = spawn(process.execPath, args, {
      cwd: options.cwd,
      env: { PATH, ...options.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    }
    // "close" comes after the last output, "exit" may come before.
    this.exit = once(this.#process, 'close').then(([code, signal]) => {
      this.#hasExited = true;
      this.#read('');
      return { code: code as Exit['code'], signal: signal as Exit['signal'] };
    });
  }

  /** Standard output and standard error together. */
  get output(): string {
    return this.#output;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  write(text: string): void {
    this.#process.stdin.write(text);
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Settles when the output from `start` on matches. @throws Error with the output when it ends before */
  async untilOutput(pattern: RegExp, start = 0): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output.slice(start));
      if (match) return match;
      if (this.#hasExited) throw new Error(`It ended without writing ${pattern}:\n${this.#output}`);
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  #read(text: string): void {
    this.#output += text;
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const wake of watchers) wake();
  }
}
