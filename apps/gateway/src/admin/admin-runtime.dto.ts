import { ApiProperty } from '@nestjs/swagger';

export class LiveScopeDto {
  @ApiProperty({ example: 'RunJobHandler', description: 'What does its work: where it was opened.' })
  readonly origin!: string;

  @ApiProperty({ description: 'Milliseconds.' })
  readonly ageMs!: number;

  @ApiProperty({ description: 'The work is over, and cleaning up takes its time.' })
  readonly isClosing!: boolean;
}

export class RuntimeDto {
  @ApiProperty({ description: 'Scopes that are open: one per request, socket message and run at work.' })
  readonly liveScopes!: number;

  @ApiProperty({ type: [LiveScopeDto], description: 'The oldest of them.' })
  readonly oldestScopes!: readonly LiveScopeDto[];

  @ApiProperty({
    description: 'Scopes in memory, open or closed; falls to the open ones when memory is collected.',
  })
  readonly scopesInMemory!: number;

  @ApiProperty({ description: 'Scopes whose cleanup failed, since the start.' })
  readonly failedCleanups!: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    description: 'What outlived its scope, since the start, by what it was. Anything at all is a defect.',
  })
  readonly leftovers!: Readonly<Record<string, number>>;

  @ApiProperty()
  readonly liveEngines!: number;

  @ApiProperty({ description: 'Runs that this node executes now.' })
  readonly runningRuns!: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    example: { TCPSocketWrap: 14, Timeout: 9 },
    description: 'Timers, sockets and what else keeps the process alive, by kind.',
  })
  readonly resources!: Readonly<Record<string, number>>;

  @ApiProperty({ description: 'Bytes.' })
  readonly heapUsed!: number;
}
