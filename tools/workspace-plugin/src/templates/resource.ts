import type { Names } from '../names.ts';
import type { Files } from './project.ts';

/** A module with a controller, its handler in the user's scope, the wire form, and a spec. */
export const resourceFiles = ({ kebab, pascal, words }: Names): Files => ({
  [`${kebab}.dto.ts`]: `import { ApiProperty } from '@nestjs/swagger';

export class ${pascal}ItemDto {
  @ApiProperty()
  readonly name!: string;
}

export class ${pascal}ListDto {
  @ApiProperty({ type: [${pascal}ItemDto] })
  readonly items!: readonly ${pascal}ItemDto[];
}
`,
  [`${kebab}.module.ts`]: `import { Module } from '@nestjs/common';
import { UserContextModule } from '@bulkhead/user-context';
import { ${pascal}Controller } from './${kebab}.controller.ts';
import { ${pascal}Handler } from './${kebab}.handler.ts';

/** Your ${words} over REST. */
@Module({
  imports: [UserContextModule],
  controllers: [${pascal}Controller],
  providers: [${pascal}Handler],
})
export class ${pascal}RestModule {}
`,
  [`${kebab}.handler.ts`]: `import { Injectable, Scope } from '@nestjs/common';
import { UserContextScope } from '@bulkhead/user-context';
import type { ${pascal}ListDto } from './${kebab}.dto.ts';

/** Works for the user of one request, in that request's scope. */
@Injectable({ scope: Scope.REQUEST })
export class ${pascal}Handler {
  constructor(private readonly scope: UserContextScope) {}

  list(): Promise<${pascal}ListDto> {
    this.scope.assertOpen();
    return Promise.resolve({ items: [] });
  }
}
`,
  [`${kebab}.controller.ts`]: `import { Controller, Get, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { ScopeRunner, UserExecutionContext } from '@bulkhead/user-context';
import { Authenticated } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { ${pascal}ListDto } from './${kebab}.dto.ts';
import { ${pascal}Handler } from './${kebab}.handler.ts';

@ApiTags('${pascal}')
@ApiBearerAuth()
@Authenticated()
@Controller('v1/${kebab}')
export class ${pascal}Controller {
  constructor(private readonly scopes: ScopeRunner) {}

  /** Your ${words}. */
  @Get()
  @ApiOkResponse({ type: ${pascal}ListDto })
  @ApiProblems(401)
  list(@Req() request: UserRequest): Promise<${pascal}ListDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    return this.scopes.run(context, ${pascal}Handler, (handler) => handler.list());
  }
}
`,
  [`${kebab}.controller.spec.ts`]: `import { Test } from '@nestjs/testing';
import { UserContextModule, ScopeRunner } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { ${pascal}Controller } from './${kebab}.controller.ts';
import { ${pascal}Handler } from './${kebab}.handler.ts';

describe('${pascal}Controller', () => {
  it('lists what the user has, in a scope of the request', async () => {
    const module = await Test.createTestingModule({
      imports: [UserContextModule],
      controllers: [${pascal}Controller],
      providers: [${pascal}Handler],
    }).compile();
    const list = module.get(ScopeRunner).run(aContext().build(), ${pascal}Handler, (it) => it.list());
    expect(await list).toEqual({ items: [] });
    expect(module.get(${pascal}Controller)).toBeInstanceOf(${pascal}Controller);
  });
});
`,
});
