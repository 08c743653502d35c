import { Matches } from 'class-validator';
import { Whole } from './whole.decorator.ts';

/** How much one user, or one address before anybody has signed in, may ask for; and whose word on addresses counts. */
export class LimitsConfig {
  @Whole(1, 1_000_000)
  readonly REQUESTS_PER_MINUTE_PER_USER: number = 12_000;

  @Whole(1, 1_000_000)
  readonly REQUESTS_PER_MINUTE_PER_ADDRESS: number = 12_000;

  @Whole(1, 1_000_000)
  readonly FRAMES_PER_MINUTE_PER_USER: number = 12_000;

  @Matches(/^(?:[\da-fA-F.:]+(?:\/\d{1,3})?(?:,(?!$)|$))*$/, {
    message: 'TRUST_PROXY must be comma-separated addresses or networks of proxies, such as 10.0.0.0/8',
  })
  readonly TRUST_PROXY: string = '';
}
