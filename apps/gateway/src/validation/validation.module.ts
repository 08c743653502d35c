import { Module } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { RequestValidationPipe } from './request-validation.pipe.ts';
import { UnknownQueryGuard } from './unknown-query.guard.ts';

/** Validates bodies, queries, paths and frames against their DTOs, for every route and event. */
@Module({
  providers: [
    { provide: APP_PIPE, useExisting: RequestValidationPipe },
    RequestValidationPipe,
    UnknownQueryGuard,
  ],
  exports: [UnknownQueryGuard],
})
export class ValidationModule {}
