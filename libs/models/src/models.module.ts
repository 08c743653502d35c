import { Module } from '@nestjs/common';
import { ModelRegistry } from './model-registry.service.ts';

/** Needs `MODELS_OPTIONS` from the application's configuration; boot fails when those options can't work. */
@Module({ providers: [ModelRegistry], exports: [ModelRegistry] })
export class ModelsModule {}
