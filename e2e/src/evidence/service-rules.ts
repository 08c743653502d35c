import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '..', '..', '..');
const program = join(repository, 'libs/models/src/testing/service-rules.process.ts');
const compiler = join(repository, 'tools/workspace/swc-hook.mjs');

/** How a service of models says no. */
export interface ServiceRefusal {
  readonly status: number;
  readonly body: object;
}

/** What services of models refuse, and the odd streams that they send: asked of the fakes of libs/models, in a process. */
export class ServiceRules {
  readonly #answers = new Map<number, (refusal: ServiceRefusal | undefined) => void>();
  #asked = 0;

  private constructor(
    private readonly child: ChildProcess,
    /** Event streams, a list of frames each. */
    readonly recordings: readonly (readonly string[])[],
  ) {
    child.on('message', ({ id, refusal }: { id: number; refusal?: ServiceRefusal }) => {
      this.#answers.get(id)?.(refusal);
      this.#answers.delete(id);
    });
  }

  static async start(): Promise<ServiceRules> {
    const child = fork(program, [], {
      execArgv: ['--conditions=@bulkhead/source', '--import', compiler, '--no-warnings'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [{ recordings }] = (await once(child, 'message')) as [{ recordings: string[][] }];
    return new ServiceRules(child, recordings);
  }

  /** What the first of these services that refuses the body says to it. */
  refusalOf(services: readonly string[], body: unknown): Promise<ServiceRefusal | undefined> {
    const id = ++this.#asked;
    this.child.send({ id, services, body });
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }

  async close(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }
}
