import { Module } from '@nestjs/common';
import { EntityTagInterceptor } from './etag.interceptor.ts';

/** Checks of requests before they are routed, and answers that are asked for again. */
@Module({
  providers: [EntityTagInterceptor],
})
export class HttpModule {}
