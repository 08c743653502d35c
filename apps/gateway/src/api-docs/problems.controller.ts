import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { Public } from '../security/access.decorator.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { problemCatalogue } from '../problems/problem-catalogue.ts';
import { allProblems, problemText } from '../problems/problem-text.ts';

/** Where the `type` of a problem leads. */
@Public()
@ApiTags('Problems')
@Controller('problems')
export class ProblemsController {
  /** Every problem there is. */
  @Get()
  @Header('cache-control', 'public, max-age=3600')
  @ApiProduces('text/markdown')
  @ApiOkResponse({
    description: 'A page of text.',
    content: { 'text/markdown': { schema: { type: 'string' } } },
  })
  @Header('content-type', 'text/markdown; charset=utf-8')
  list(): string {
    return allProblems();
  }

  /** What a problem means, and what to do. */
  @Get(':code')
  @Header('cache-control', 'public, max-age=3600')
  @Header('content-type', 'text/markdown; charset=utf-8')
  @ApiOkResponse({
    description: 'A page of text.',
    content: { 'text/markdown': { schema: { type: 'string' } } },
  })
  @ApiProblems(404)
  get(@Param('code') code: string): string {
    const entry = Object.hasOwn(problemCatalogue, code) ? problemCatalogue[code] : undefined;
    if (!entry) throw new ResourceNotFoundError('route');
    return problemText(code, entry);
  }
}
