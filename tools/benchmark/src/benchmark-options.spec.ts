import { readOptions, UsageError } from './benchmark-options.ts';

describe('the command line of the benchmark', () => {
  it('needs nothing', () => {
    expect(readOptions([])).toEqual({
      users: [1, 10, 50, 200],
      runs: 400,
      rounds: 3,
      rates: [20, 40],
      thread: 520,
      idle: 500,
      warmUp: 600,
      help: false,
    });
  });

  it('takes numbers and files', () => {
    const args = ['--users', '1,5', '--runs', '3', '--rates', '0', '--json', 'f', '--profile', 'p'];
    expect(readOptions(args)).toMatchObject({ users: [1, 5], runs: 3, rates: [], json: 'f', profile: 'p' });
  });

  it.each([
    [['--users', '']],
    [['--users', '1,,2']],
    [['--users', '0']],
    [['--runs', '1.5']],
    [['--rates', '-1']],
    [['--other']],
    [['x']],
  ])('refuses %j', (args) => {
    expect(() => readOptions(args)).toThrow(UsageError);
  });
});
