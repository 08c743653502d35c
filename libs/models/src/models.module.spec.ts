import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { ModelRegistry } from './model-registry.service.ts';
import { ModelNotConfiguredError } from './models.errors.ts';
import { ModelsModule } from './models.module.ts';
import { MODELS_OPTIONS, type ModelsOptions } from './models.options.ts';

const server = { baseUrl: 'http://127.0.0.1:11434/v1' };
const configured = { defaultModel: 'offline', openaiCompatible: server };

@Module({})
class ConfigurationModule {
  static with(options: ModelsOptions): DynamicModule {
    const providers = [{ provide: MODELS_OPTIONS, useValue: options }];
    return { module: ConfigurationModule, global: true, providers, exports: providers };
  }
}

@Injectable()
class Engine {
  constructor(readonly models: ModelRegistry) {}
}

@Module({ imports: [ModelsModule], providers: [Engine] })
class EngineModule {}

const boot = (options: ModelsOptions): Promise<TestingModule> =>
  Test.createTestingModule({
    imports: [ConfigurationModule.with(options), ModelsModule, EngineModule],
  }).compile();

describe('ModelRegistry', () => {
  it.each([
    ['offline', 'offline', 'offline'],
    ['default', 'offline', 'offline'],
    ['openai-compatible:gpt-4o-mini', 'openai-compatible', 'gpt-4o-mini'],
    ['openai-compatible:llama3.2:3b', 'openai-compatible', 'llama3.2:3b'],
    ['openai-compatible:meta-llama/Llama-3.1-8B', 'openai-compatible', 'meta-llama/Llama-3.1-8B'],
  ])('resolves %s', (reference, provider, modelId) => {
    expect(new ModelRegistry(configured).resolve(reference)).toMatchObject({ provider, modelId });
  });

  it('resolves the default to what is configured', () => {
    const models = new ModelRegistry({ ...configured, defaultModel: 'openai-compatible:qwen3' });
    expect(models.resolve('default').modelId).toBe('qwen3');
  });

  it.each([
    '',
    'gpt-4o-mini',
    'Offline',
    'openai-compatible',
    'openai-compatible:',
    'openai-compatible: gpt',
    `openai-compatible:${'x'.repeat(201)}`,
    'nobody:claude',
    '__proto__',
    'sk-secret',
  ])('refuses %j without repeating it', (reference) => {
    const resolve = (): unknown => new ModelRegistry(configured).resolve(reference);
    expect(resolve).toThrow(ModelNotConfiguredError);
    expect(resolve).toThrow('must be `offline`, or a provider and its model');
    expect(resolve).not.toThrow('sk-secret');
  });

  it.each<[string, string, ModelsOptions]>([
    ['a default that is no model', 'defaultModel', { defaultModel: 'gpt' }],
    ['a default that means itself', 'defaultModel', { defaultModel: 'default' }],
    ['a provider that is not set up', 'openaiCompatible.baseUrl', { defaultModel: 'openai-compatible:gpt' }],
    ...(
      [
        ['a base URL that is none', { baseUrl: 'localhost' }],
        ['a base URL of another kind', { baseUrl: 'file:///v1' }],
        ['a base URL with a password', { baseUrl: 'http://user:hunter2@localhost/v1' }],
        ['a base URL with a query', { baseUrl: 'http://localhost/v1?key=hunter2' }],
      ] as const
    ).map(([name, openaiCompatible]): [string, string, ModelsOptions] => [
      name,
      'openaiCompatible.baseUrl',
      { defaultModel: 'offline', openaiCompatible },
    ]),
    [
      'a key with a line end',
      'openaiCompatible.apiKey',
      { defaultModel: 'offline', openaiCompatible: { ...server, apiKey: 'hunter2\n' } },
    ],
  ])('refuses %s at boot, naming %s', (_name, key, options) => {
    const construct = (): unknown => new ModelRegistry(options);
    expect(construct).toThrow(ModelNotConfiguredError);
    expect(construct).toThrow(`\`${key}\``);
    expect(construct).not.toThrow('hunter2');
  });

  it('shows no key when it is printed', () => {
    const registry = new ModelRegistry({
      ...configured,
      openaiCompatible: { ...server, apiKey: 'hunter2' },
    });
    expect(JSON.stringify(registry)).toBe('{}');
  });
});

describe('ModelsModule', () => {
  it("gives every feature the one registry, with the application's options", async () => {
    const app = await boot(configured);
    expect(app.get(Engine).models).toBe(app.get(ModelRegistry));
    expect(app.get(Engine).models.resolve('default').modelId).toBe('offline');
  });

  it('fails boot when the default model is wrong', async () => {
    await expect(boot({ defaultModel: 'gpt' })).rejects.toBeInstanceOf(ModelNotConfiguredError);
  });
});
