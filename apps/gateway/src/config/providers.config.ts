import type { ProviderOptions } from '@bulkhead/auth';
import { plainToInstance } from 'class-transformer';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
  validateSync,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';

const roleNames = ['user', 'admin'] as const;
type RoleName = (typeof roleNames)[number];
/** Asymmetric ones: who can verify must not be able to sign. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

const tokenTypes = ['at+jwt', 'JWT'] as const;
/** Longest name of a claim, or path to it, in characters. */
const MAX_CLAIM_LENGTH = 500;
const MAX_CLAIM_NAMES = 20;

const isClaimName = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && value.length <= MAX_CLAIM_LENGTH && !/\p{Cc}/u.test(value);
const claimPathRule = {
  validate: (value: unknown): boolean =>
    Array.isArray(value)
      ? value.length > 0 && value.length <= MAX_CLAIM_NAMES && value.every(isClaimName)
      : isClaimName(value),
  defaultMessage: (): string =>
    'rolesClaim must be the name of a claim, a path such as realm_access.roles or /realm_access/roles, or a list of names',
};

/** One OpenID provider, as OIDC_PROVIDERS lists it. */
class ProviderConfig {
  // By HTTPS; a provider on this very machine may do without.
  @Matches(/^(?:https:\/\/[^/?#@\s]+|http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?)(?:\/[^?#\s]*)?$/, {
    message: 'issuer must be an HTTPS URL without query, exactly as in its tokens',
  })
  readonly issuer!: string;

  @IsString()
  @MinLength(1)
  @MaxLength(200)
  readonly audience!: string;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(algorithms, { each: true })
  readonly algorithms: readonly string[] = ['RS256'];

  @IsOptional()
  @ValidateBy({ name: 'claimPath', validator: claimPathRule })
  readonly rolesClaim?: string | readonly string[];

  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(tokenTypes, { each: true })
  readonly tokenTypes: readonly (typeof tokenTypes)[number][] = ['at+jwt'];

  @IsObject()
  readonly roles: Readonly<Record<string, RoleName>> = {};

  @IsArray()
  @IsIn(roleNames, { each: true })
  readonly defaultRoles: readonly RoleName[] = ['user'];

  @IsInt()
  @Min(0)
  @Max(300)
  readonly clockToleranceSeconds: number = 5;
}

/** What is wrong with the setting, each with its place; empty when it is good. */
function problemsIn(text: string): string[] {
  const list = parse(text);
  if (!Array.isArray(list)) return ['OIDC_PROVIDERS must be a JSON list of providers'];
  const problems = list.flatMap((item: unknown, index) => {
    const place = `OIDC_PROVIDERS[${index}]`;
    if (typeof item !== 'object' || item === null || Array.isArray(item))
      return [`${place} must be an object`];
    const provider = plainToInstance(ProviderConfig, item, { exposeDefaultValues: true });
    const errors = validateSync(provider, { whitelist: true, forbidNonWhitelisted: true });
    const broken = errors.flatMap(({ constraints = {} }) => Object.values(constraints));
    const unknown = Object.values(provider.roles ?? {}).filter((role) => !roleNames.includes(role));
    if (unknown.length > 0) broken.push(`roles must map to ${roleNames.join(' or ')}`);
    return broken.map((problem) => `${place}.${problem}`);
  });
  const issuers = list.map((item: { issuer?: unknown } | null) => item?.issuer);
  if (new Set(issuers).size < issuers.length) problems.push('OIDC_PROVIDERS must name each issuer once');
  return problems;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

@ValidatorConstraint({ name: 'providers' })
export class ProvidersRule implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'string' && problemsIn(value).length === 0;
  }

  defaultMessage(args?: { readonly value: unknown }): string {
    return problemsIn(String(args?.value)).join('; ');
  }
}

/** The providers of a setting that has been validated. */
export const providersIn = (text: string | undefined): ProviderOptions[] =>
  text === undefined
    ? []
    : (parse(text) as object[]).map((item) => ({
        ...plainToInstance(ProviderConfig, item, { exposeDefaultValues: true }),
      }));

/** Who signs in end-to-end tests: real tokens, with a key of its own, through the same door as everybody's. */
export const simulatedProvider = (secret: string): ProviderOptions => ({
  issuer: 'urn:bulkhead:e2e-simulation',
  audience: 'bulkhead',
  algorithms: ['HS256'],
  rolesClaim: 'roles',
  roles: { user: 'user', admin: 'admin' },
  defaultRoles: [],
  clockToleranceSeconds: 5,
  secret,
});
