import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../security/access.decorator.ts';

/** Where to go on, for a person who opens the server's address. */
const SIGNPOST = { name: 'Bulkhead', docs: '/docs', api: '/openapi.json', health: '/health' } as const;

@Public()
@ApiExcludeController()
@Controller()
export class RootController {
  @Get()
  show(): typeof SIGNPOST {
    return SIGNPOST;
  }
}
