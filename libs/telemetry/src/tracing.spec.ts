import { Tracing, type SpanOptions, type TraceExporter } from './tracing.service.ts';

/** Keeps what it is told. */
class Notebook implements TraceExporter {
  readonly begun: { name: string; parent: string | undefined }[] = [];
  readonly ended: { name: string; error: unknown }[] = [];

  start(name: string, { parent }: SpanOptions) {
    this.begun.push({ name, parent });
    const end = (error?: unknown): void => void this.ended.push({ name, error });
    return { traceparent: `of ${name}`, set: () => undefined, end };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function traced() {
  const tracing = new Tracing();
  const notebook = new Notebook();
  tracing.use(notebook);
  return { tracing, notebook };
}

describe('tracing', () => {
  it('does the work and nothing else when nobody wants to know', async () => {
    const tracing = new Tracing();
    const current = await tracing.span('outer', {}, () => Promise.resolve(tracing.current));
    expect([tracing.isOn, current]).toEqual([false, undefined]);
  });

  it('makes what is called within a span its child, over awaits', async () => {
    const { tracing, notebook } = traced();
    await tracing.span('outer', {}, async () => {
      await Promise.resolve();
      await tracing.span('inner', {}, () => Promise.resolve());
    });
    expect(notebook.begun).toEqual([
      { name: 'outer', parent: undefined },
      { name: 'inner', parent: 'of outer' },
    ]);
    expect(notebook.ended.map(({ name }) => name)).toEqual(['inner', 'outer']);
  });

  it('continues whom it is told to continue', async () => {
    const { tracing, notebook } = traced();
    await tracing.span('outer', {}, () =>
      tracing.span('run', { parent: 'of the request' }, () => Promise.resolve()),
    );
    expect(notebook.begun[1]).toEqual({ name: 'run', parent: 'of the request' });
  });

  it('keeps spans of work at the same time apart', async () => {
    const { tracing } = traced();
    const currents = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        tracing.span(name, {}, async () => {
          await Promise.resolve();
          return tracing.current;
        }),
      ),
    );
    expect(currents).toEqual(['of a', 'of b', 'of c']);
  });

  it('ends a span with what went wrong, and throws that', async () => {
    const { tracing, notebook } = traced();
    const error = new Error('broken');
    await expect(tracing.span('outer', {}, () => Promise.reject(error))).rejects.toBe(error);
    expect(notebook.ended).toEqual([{ name: 'outer', error }]);
  });
});
