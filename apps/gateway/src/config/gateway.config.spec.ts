import { ConfigError } from './config.errors.ts';
import { loadConfig } from './gateway.config.ts';
import { providersIn } from './providers.config.ts';

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
    { SIGNING_KEY_SECRET: 'short' },
    { SIGNING_KEY_PREVIOUS_SECRETS: `${'a'.repeat(32)},short` },
    { SIGNING_KEY_ROTATION_DAYS: '-1' },
  ])('refuses %j', (environment: Record<string, string>) => {
    expect(problemsOf(environment)).toContain(Object.keys(environment)[0]);
  });

  it.each([
    ['not JSON', 'https://id.example', 'OIDC_PROVIDERS must be a JSON list'],
    ['no list', '{}', 'OIDC_PROVIDERS must be a JSON list'],
    ['no object', '[1]', 'OIDC_PROVIDERS[0] must be an object'],
    [
      'plain HTTP to elsewhere',
      [{ issuer: 'http://id.example' }],
      'OIDC_PROVIDERS[0].issuer must be an HTTPS',
    ],
    ['an issuer with a query', [{ issuer: 'https://id.example?x=1' }], 'OIDC_PROVIDERS[0].issuer'],
    ['no audience', [{ audience: undefined }], 'OIDC_PROVIDERS[0].audience'],
    ['a symmetric algorithm', [{ algorithms: ['HS256'] }], 'OIDC_PROVIDERS[0].each value in algorithms'],
    ['no signature', [{ algorithms: ['none'] }], 'OIDC_PROVIDERS[0].each value in algorithms'],
    ['a role that there is not', [{ roles: { ops: 'root' } }], 'OIDC_PROVIDERS[0].roles must map to'],
    ['no claim for roles', [{ rolesClaim: '' }], 'OIDC_PROVIDERS[0].rolesClaim must be the name'],
    ['an empty list for roles', [{ rolesClaim: [] }], 'OIDC_PROVIDERS[0].rolesClaim must be the name'],
    ['an index for roles', [{ rolesClaim: ['a', 1] }], 'OIDC_PROVIDERS[0].rolesClaim must be the name'],
    [
      'a token type that there is not',
      [{ tokenTypes: ['ID'] }],
      'OIDC_PROVIDERS[0].each value in tokenTypes',
    ],
    ['a generous clock', [{ clockToleranceSeconds: 3_600 }], 'OIDC_PROVIDERS[0].clockToleranceSeconds'],
    ['a field that there is not', [{ secret: 'x' }], 'OIDC_PROVIDERS[0].property secret should not exist'],
    ['the second place', [{}, { issuer: 'ftp://x' }], 'OIDC_PROVIDERS[1].issuer'],
    ['one issuer twice', [{}, {}], 'OIDC_PROVIDERS must name each issuer once'],
  ])('names the place in OIDC_PROVIDERS of %s', (_what, value, place) => {
    const good = { issuer: 'https://id.example', audience: 'urn:bulkhead' };
    const text =
      typeof value === 'string' ? value : JSON.stringify(value.map((change) => ({ ...good, ...change })));
    expect(problemsOf({ OIDC_PROVIDERS: text })).toContain(place);
  });

  it.each([
    'roles',
    'realm_access.roles',
    'resource_access.my.app.roles',
    '/resource_access/my.app/roles',
    'https://example.org/roles#of the user',
    ['resource_access', 'my.app', 'roles'],
  ])('takes roles from the claim %j', (rolesClaim) => {
    const provider = { issuer: 'https://id.example', audience: 'urn:bulkhead', rolesClaim };
    const text = JSON.stringify([{ ...provider, tokenTypes: ['at+jwt', 'JWT'] }]);
    expect(providersIn(loadConfig({ OIDC_PROVIDERS: text }).OIDC_PROVIDERS)).toMatchObject([{ rolesClaim }]);
  });

  it('takes only tokens that say what they are, unless a provider is let off', () => {
    const text = JSON.stringify([{ issuer: 'https://id.example', audience: 'urn:bulkhead' }]);
    expect(providersIn(loadConfig({ OIDC_PROVIDERS: text }).OIDC_PROVIDERS)).toMatchObject([
      { tokenTypes: ['at+jwt'] },
    ]);
  });

  it('takes a provider over HTTPS, and one on this machine without', () => {
    const providers = ['https://id.example/realms/x', 'http://127.0.0.1:8080'].map((issuer) => ({
      issuer,
      audience: 'urn:bulkhead',
    }));
    expect(problemsOf({ OIDC_PROVIDERS: JSON.stringify(providers) })).toBe('');
  });

  it.each(['', 'production', ' Production ', 'PRODUCTION', 'development', 'staging', 'Test', 'tests'])(
    'refuses the simulated issuer where NODE_ENV is "%s"',
    (NODE_ENV) => {
      const simulated = { E2E_OAUTH_SIMULATION_KEY: 'a key of at least 32 characters!!' };
      expect(problemsOf({ ...simulated, NODE_ENV: 'test' })).toBe('');
      expect(problemsOf({ ...simulated, NODE_ENV })).toContain('E2E_OAUTH_SIMULATION_KEY');
    },
  );

  it('refuses a key of the simulated issuer that could be guessed', () => {
    const guessable = { NODE_ENV: 'test', E2E_OAUTH_SIMULATION_KEY: 'short' };
    expect(problemsOf(guessable)).toContain('at least 32 characters');
  });

  it('refuses to have no way in at all', () => {
    expect(problemsOf({ LOCAL_ACCOUNTS: 'off' })).toContain('LOCAL_ACCOUNTS=off needs OIDC_PROVIDERS');
  });

  it('can not be changed once it is read', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });
});
