import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How long a server may take to end, in milliseconds, before it is ended by force. */
const STOP_TIMEOUT_MS = 20_000;

/** A server as a process of its own, so that what it uses can be told from what the load uses. */
export class ChildServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    /** What it had printed when it was ready. */
    readonly output: string,
  ) {}

  /** Starts a script; settles when it has printed a line with "ready" and its URL. @throws Error with its output */
  static start(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<ChildServer> {
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, args, {
      env: { PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    return new Promise((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        const [, url] = /ready.*?(https?:\/\/\S+)/.exec(output) ?? [];
        if (url !== undefined) resolve(new ChildServer(child, url, output));
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('error', reject);
      child.on('exit', () => reject(new Error(`The server ended before it was ready:\n${output}`)));
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    const force = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    this.child.kill('SIGTERM');
    await exited;
    clearTimeout(force);
  }
}
