import { IsOptional, IsString, IsUrl, Matches, MaxLength } from 'class-validator';

const local = { require_tld: false, require_protocol: true, protocols: ['http', 'https'] };

/** Which language models answer. */
export class ModelsConfig {
  @Matches(/^(?:offline|[a-z][a-z0-9-]*:\S{1,200})$/, {
    message:
      'DEFAULT_MODEL must be "offline" or a provider and its model, e.g. openai-compatible:gpt-4o-mini',
  })
  readonly DEFAULT_MODEL: string = 'offline';

  @IsOptional()
  @IsUrl(local, { message: 'OPENAI_COMPATIBLE_BASE_URL must be a URL such as http://127.0.0.1:11434/v1' })
  readonly OPENAI_COMPATIBLE_BASE_URL?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1024)
  readonly OPENAI_COMPATIBLE_API_KEY?: string;
}
