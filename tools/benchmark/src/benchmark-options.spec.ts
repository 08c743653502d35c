import { readOptions, UsageError } from './benchmark-options.ts';

describe('the command line of the benchmark', () => {
  it('needs nothing', () => {
    expect(readOptions([])).toEqual({ users: [1, 10, 50], runs: 20, help: false });
  });

  it('takes numbers of users, runs and a file', () => {
    expect(readOptions(['--users', '1,5', '--runs', '3', '--json', 'f'])).toMatchObject({
      users: [1, 5],
      runs: 3,
      json: 'f',
    });
  });

  it.each([
    [['--users', '']],
    [['--users', '1,,2']],
    [['--users', '0']],
    [['--runs', '1.5']],
    [['--other']],
    [['x']],
  ])('refuses %j', (args) => {
    expect(() => readOptions(args)).toThrow(UsageError);
  });
});
