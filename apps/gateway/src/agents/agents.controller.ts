import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { AgentRegistry } from '@bulkhead/execution';
import { Authenticated } from '../security/access.decorator.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';

class AgentDto {
  @ApiProperty({ example: 'assistant' })
  readonly name!: string;

  @ApiProperty()
  readonly description!: string;

  @ApiProperty({ type: [String] })
  readonly tools!: readonly string[];
}

class AgentListDto {
  @ApiProperty({ type: [AgentDto] })
  readonly items!: readonly AgentDto[];
}

@ApiTags('Agents')
@ApiBearerAuth()
@Authenticated()
@Controller('v1/agents')
export class AgentsController {
  constructor(private readonly agents: AgentRegistry) {}

  @Get()
  @ApiOkResponse({ type: AgentListDto })
  @ApiProblems(401)
  list(): AgentListDto {
    return {
      items: this.agents.list().map(({ name, description, tools }) => ({ name, description, tools })),
    };
  }
}
