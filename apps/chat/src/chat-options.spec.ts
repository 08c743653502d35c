import { readOptions, UsageError } from './chat-options.ts';

describe('the command line of the chat', () => {
  it('needs nothing', () => {
    expect(readOptions([], {})).toEqual({
      url: 'http://127.0.0.1:3000',
      profileFile: '.data/chat-profile.json',
      help: false,
    });
  });

  it('takes an account, an agent and a question', () => {
    const args = [
      '--email',
      'a@b.example',
      '--password',
      'correct horse',
      '--agent',
      'mathematician',
      '--once',
      '1+1',
    ];
    expect(readOptions(args, {})).toMatchObject({
      credentials: { email: 'a@b.example', password: 'correct horse' },
      agentName: 'mathematician',
      once: '1+1',
    });
  });

  it('knows a server by one spelling', () => {
    expect(readOptions(['--url', 'http://a.example/'], {}).url).toBe('http://a.example');
  });

  it('looks for the server at its PORT', () => {
    expect(readOptions([], { PORT: '4000' }).url).toBe('http://127.0.0.1:4000');
    expect(readOptions([], { PORT: '' }).url).toBe('http://127.0.0.1:3000');
    expect(readOptions(['--url', 'http://a.example'], { PORT: '4000' }).url).toBe('http://a.example');
  });

  it('keeps its profile in DATA_DIR', () => {
    expect(readOptions([], { DATA_DIR: '/d' }).profileFile).toBe('/d/chat-profile.json');
  });

  it.each([
    [['--unknown']],
    [['question']],
    [['--url', 'localhost']],
    [['--url', 'ftp://a.example']],
    [['--email', 'a@b.example']],
    [['--password', 'correct horse']],
    [['--once', ' ']],
    [['--once']],
  ])('refuses %j', (args) => {
    expect(() => readOptions(args, {})).toThrow(UsageError);
  });
});
