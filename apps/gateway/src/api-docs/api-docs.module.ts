import { Module } from '@nestjs/common';
import { ProblemsController } from './problems.controller.ts';

/** The documents of the API, and the list of problems. */
@Module({
  controllers: [ProblemsController],
})
export class ApiDocsModule {}
