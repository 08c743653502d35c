import { Matches } from 'class-validator';

/** How connections of chat clients are held. */
export class DeliveryConfig {
  @Matches(/^(?:https?:\/\/[\w.:[\]-]+(?:,(?!$)|$))*$/, {
    message: 'ALLOWED_ORIGINS must be a comma-separated list of origins such as https://chat.example.org',
  })
  readonly ALLOWED_ORIGINS: string = '';
}
