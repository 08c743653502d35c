import { IsOptional, IsString, IsUrl, Matches, MaxLength } from 'class-validator';
import { IsPriceTable } from './is-price-table.decorator.ts';
import { IsIntBetween } from './is-int-between.decorator.ts';

const local = { require_tld: false, require_protocol: true, protocols: ['http', 'https'] };
const MODEL = '(?:offline|[a-z][a-z0-9-]*:[^\\s,]{1,200})';

const BaseUrl =
  (example: string): PropertyDecorator =>
  (target, key) => {
    const message = `${String(key)} must be a URL such as ${example}`;
    for (const decorate of [IsOptional(), IsUrl(local, { message })]) decorate(target, key);
  };
const Key = (): PropertyDecorator => (target, key) => {
  for (const decorate of [IsOptional(), IsString(), MaxLength(1024)]) decorate(target, key);
};

/** Which language models answer. */
export class ModelsConfig {
  @Matches(/^(?:offline|[a-z][a-z0-9-]*:\S{1,200})$/, {
    message:
      'DEFAULT_MODEL must be "offline" or a provider and its model, e.g. openai-compatible:gpt-4o-mini',
  })
  readonly DEFAULT_MODEL: string = 'offline';

  @Matches(new RegExp(`^(?:[a-z][a-z0-9_]*=${MODEL}(?:,(?!$)|$))*$`), {
    message: 'AGENT_MODELS must be pairs such as analyst=openai:gpt-4o,assistant=offline',
  })
  readonly AGENT_MODELS: string = '';

  @BaseUrl('http://127.0.0.1:11434/v1')
  readonly OPENAI_COMPATIBLE_BASE_URL?: string;

  @IsOptional()
  @Matches(/^[a-z][a-z0-9-]*:\S{1,200}$/, {
    message:
      'SUMMARY_MODEL must be a provider and its model, e.g. openai:gpt-4o-mini; the offline model can not summarise',
  })
  readonly SUMMARY_MODEL?: string;

  @IsIntBetween(1_000, 2_000_000)
  readonly CONTEXT_TOKENS: number = 32_000;

  @Key()
  readonly OPENAI_COMPATIBLE_API_KEY?: string;

  @Key()
  readonly OPENAI_API_KEY?: string;

  @BaseUrl('https://api.openai.com/v1')
  readonly OPENAI_BASE_URL?: string;

  @Key()
  readonly ANTHROPIC_API_KEY?: string;

  @BaseUrl('https://api.anthropic.com/v1')
  readonly ANTHROPIC_BASE_URL?: string;

  @Key()
  readonly GOOGLE_API_KEY?: string;

  @BaseUrl('https://generativelanguage.googleapis.com/v1beta')
  readonly GOOGLE_BASE_URL?: string;

  @IsPriceTable()
  readonly MODEL_PRICES: string = '{}';

  @IsIntBetween(1, 3_600)
  readonly MODEL_CONNECT_TIMEOUT_SECONDS: number = 60;

  @IsIntBetween(1, 3_600)
  readonly MODEL_FIRST_TOKEN_TIMEOUT_SECONDS: number = 120;

  @IsIntBetween(1, 3_600)
  readonly MODEL_STALL_TIMEOUT_SECONDS: number = 60;

  @IsIntBetween(0, 10)
  readonly MODEL_RETRIES: number = 3;
}

/** What each provider can't do without. */
const needs: Readonly<Record<string, keyof ModelsConfig>> = {
  'openai-compatible': 'OPENAI_COMPATIBLE_BASE_URL',
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  google: 'GOOGLE_API_KEY',
};

/** Agents' models by the agents' names. */
export const agentModelsOf = ({ AGENT_MODELS }: Pick<ModelsConfig, 'AGENT_MODELS'>): Record<string, string> =>
  Object.fromEntries(
    AGENT_MODELS.split(',')
      .filter(Boolean)
      .map((pair) => pair.split(/=(.*)/s, 2)),
  ) as Record<string, string>;

/** One sentence per model that can't be reached for want of a setting. */
export function missingModelSettings(config: ModelsConfig): string[] {
  const named = [
    ['DEFAULT_MODEL', config.DEFAULT_MODEL] as const,
    ...(config.SUMMARY_MODEL === undefined ? [] : [['SUMMARY_MODEL', config.SUMMARY_MODEL] as const]),
    ...Object.values(agentModelsOf(config)).map((model) => ['AGENT_MODELS', model] as const),
  ];
  return named.flatMap(([setting, model]) => {
    if (model === 'offline') return [];
    const provider = model.split(':', 1)[0] ?? '';
    const needed = Object.hasOwn(needs, provider) ? needs[provider] : undefined;
    if (!needed)
      return [`${setting} names the provider "${provider}"; there are ${Object.keys(needs).join(', ')}`];
    return config[needed] ? [] : [`${setting} needs ${needed}`];
  });
}
