import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import { ApiKeys } from '@bulkhead/auth';
import { RequiresPermission } from '../../security/access.decorator.ts';
import type { UserRequest } from '../../security/authentication.guard.ts';
import { ApiProblems } from '../../problems/api-problems.decorator.ts';
import { ApiKeyListDto, ApiKeyPath, CreateApiKeyDto, CreatedApiKeyDto } from './api-key.dto.ts';

@ApiTags('API keys')
@ApiBearerAuth()
@RequiresPermission('account:own')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeys) {}

  /** Makes a key for a program of yours. It can do less than you, and nothing about your account. One that administers needs a session that was signed in within the last ten minutes. */
  @Post()
  @ApiCreatedResponse({ type: CreatedApiKeyDto, description: 'The key, for this one time.' })
  @ApiProblems(400, 401, 403, 429)
  create(@Req() { identity }: UserRequest, @Body() input: CreateApiKeyDto): Promise<CreatedApiKeyDto> {
    return this.keys.create(identity, input);
  }

  /** Your keys that are good still, newest first, without their secrets. */
  @Get()
  @ApiOkResponse({ type: ApiKeyListDto, description: 'Your keys.' })
  @ApiProblems(401, 403)
  async list(@Req() { identity }: UserRequest): Promise<ApiKeyListDto> {
    return { items: await this.keys.list(identity) };
  }

  /** Ends a key: its requests are refused and its connections closed within a second. */
  @Delete(':keyId')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'It is good for nothing any more.' })
  @ApiProblems(400, 401, 403, 404)
  revoke(@Req() { identity }: UserRequest, @Param() { keyId }: ApiKeyPath): Promise<void> {
    return this.keys.revoke(identity, keyId);
  }
}
