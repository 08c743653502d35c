import { ConfigError } from './config.errors.ts';
import { loadConfig } from './gateway.config.ts';

const problemsOf = (environment: Record<string, string>): string => {
  try {
    loadConfig(environment);
    return '';
  } catch (error) {
    return error instanceof ConfigError ? error.problems.join('\n') : 'another error';
  }
};

describe('the configuration', () => {
  it('needs no setting at all', () => {
    expect(loadConfig({})).toMatchObject({
      PORT: 3000,
      HOST: '127.0.0.1',
      DATA_DIR: '.data',
      DEFAULT_MODEL: 'offline',
    });
  });

  it('takes an empty value for an absent one', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({ PORT: 3000 });
    expect(loadConfig({ DATABASE_URL: '' }).DATABASE_URL).toBeUndefined();
  });

  it('lists every bad key at once', () => {
    const problems = problemsOf({
      PORT: 'http',
      RUNS_PER_USER: '0',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://x',
    });
    for (const key of ['PORT', 'RUNS_PER_USER', 'LOG_LEVEL', 'DATABASE_URL']) expect(problems).toContain(key);
  });

  it.each([
    { PORT: '70000' },
    { PORT: '1e3x' },
    { NODE_ID: 'a b' },
    { ALLOWED_ORIGINS: '*' },
    { ALLOWED_ORIGINS: 'https://a.example/path' },
    { DEFAULT_MODEL: 'gpt' },
    { DEFAULT_MODEL: 'openai-compatible:llama3' },
    { DEFAULT_MODEL: 'openai:gpt-4o' },
    { DEFAULT_MODEL: 'nobody:model' },
    { AGENT_MODELS: 'assistant' },
    { AGENT_MODELS: 'assistant=anthropic:claude' },
    { OPENAI_COMPATIBLE_BASE_URL: 'ftp://x' },
    { RUN_TIMEOUT_SECONDS: '-1' },
  ])('refuses %j', (environment: Record<string, string>) => {
    expect(problemsOf(environment)).toContain(Object.keys(environment)[0]);
  });

  it('can not be changed once it is read', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });
});
