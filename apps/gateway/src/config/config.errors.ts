import { AppError } from '@bulkhead/errors';

/** The configuration is not valid; the server must not start. Lists every bad key at once. */
export class ConfigError extends AppError {
  readonly code = 'invalid_configuration';
  readonly kind = 'internal';

  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nSee .env.example.`,
    );
  }
}
