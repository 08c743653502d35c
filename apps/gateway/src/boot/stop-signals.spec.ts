import { EventEmitter, once } from 'node:events';
import { stopOnSignals } from './stop-signals.ts';

function start(delayMs: number, close: () => Promise<void> = () => Promise.resolve()) {
  const source = new EventEmitter();
  const steps: string[] = [];
  const ended = new EventEmitter();
  stopOnSignals(source, {
    begin: () => steps.push('begin'),
    delayMs,
    close: () => {
      steps.push('close');
      return close();
    },
    exit: (code) => {
      steps.push(`exit ${code}`);
      ended.emit('end');
    },
  });
  return { source, steps, untilEnd: () => once(ended, 'end') };
}

describe('a signal to stop', () => {
  it('begins the stop at once, and closes after the delay', async () => {
    const { source, steps, untilEnd } = start(1);
    source.emit('SIGTERM');
    expect(steps).toEqual(['begin']);
    await untilEnd();
    expect(steps).toEqual(['begin', 'close', 'exit 0']);
  });

  it('that comes a second time ends the delay', async () => {
    const { source, steps, untilEnd } = start(3_600_000);
    source.emit('SIGTERM');
    source.emit('SIGINT');
    await untilEnd();
    expect(steps).toEqual(['begin', 'close', 'exit 0']);
  });

  it('ends the process with 1 when closing fails', async () => {
    const { source, steps, untilEnd } = start(0, () => Promise.reject(new Error('stuck')));
    source.emit('SIGINT');
    await untilEnd();
    expect(steps.at(-1)).toBe('exit 1');
  });
});
