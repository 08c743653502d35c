/** A task on its way into a thread. */
export interface SandboxedTask {
  /** Module whose default export is called with the input. */
  readonly file: string;
  readonly input: unknown;
  /** Gets the time at which the module is loaded and the task begins, as `Date.now` tells it; shared memory. */
  readonly begunAt: Float64Array;
}

/** Runs in the thread. Loading a module for the first time is no work over the input, so it has a limit of its own. */
export default async function run({ file, input, begunAt }: SandboxedTask): Promise<unknown> {
  const { default: task } = (await import(file)) as { default: (input: unknown) => unknown };
  begunAt[0] = Date.now();
  return task(input);
}
