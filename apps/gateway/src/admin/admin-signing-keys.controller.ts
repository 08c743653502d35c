import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { SigningKeyRotation } from '@bulkhead/auth';
import { UserExecutionContext } from '@bulkhead/user-context';
import { RequiresPermission } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';

class SigningKeyDto {
  @ApiProperty({ description: 'Names the key in the header `kid` of tokens from now on.' })
  readonly keyId!: string;
}

/** The key that signs access tokens. It is never shown. */
@ApiTags('Administration')
@ApiBearerAuth()
@RequiresPermission('admin:write')
@Controller('v1/admin/signing-keys')
export class AdminSigningKeysController {
  constructor(private readonly rotation: SigningKeyRotation) {}

  /** Takes a new key on every node. Tokens from before stay good until they expire. Needs a session that was signed in within the last ten minutes. */
  @Post('rotate')
  @HttpCode(200)
  @ApiOkResponse({ type: SigningKeyDto, description: 'The new key.' })
  @ApiProblems(401, 403)
  async rotate(@Req() request: UserRequest): Promise<SigningKeyDto> {
    return { keyId: await this.rotation.rotate(UserExecutionContext.fromHttpRequest(request)) };
  }
}
