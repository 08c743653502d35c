import { Matches } from 'class-validator';
import { IsIntBetween } from './is-int-between.decorator.ts';

/** How connections of chat clients are held, and how long what they may come back for is kept. */
export class DeliveryConfig {
  @Matches(/^(?:https?:\/\/[\w.:[\]-]+(?:,(?!$)|$))*$/, {
    message: 'ALLOWED_ORIGINS must be a comma-separated list of origins such as https://chat.example.org',
  })
  readonly ALLOWED_ORIGINS: string = '';

  @IsIntBetween(1, 100_000)
  readonly CONNECTIONS_PER_USER: number = 20;

  @IsIntBetween(256, 1_048_576)
  readonly CONNECTION_BUFFER_KIB: number = 1_024;

  @IsIntBetween(0, 36_500)
  readonly EVENT_RETENTION_DAYS: number = 0;

  @IsIntBetween(0, 1_000_000_000)
  readonly EVENTS_PER_THREAD: number = 0;
}
