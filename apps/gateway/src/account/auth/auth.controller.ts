import { Body, Controller, Get, Headers, HttpCode, Ip, Post, Req } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import { AccountService, RefreshDto, SignInDto, SignUpDto } from '@bulkhead/auth';
import { ApiProblems } from '../../problems/api-problems.decorator.ts';
import { Authenticated, Public, RequiresPermission } from '../../security/access.decorator.ts';
import type { UserRequest } from '../../security/authentication.guard.ts';
import { ProfileDto, refreshBody, SignedInDto, signInBody, signUpBody } from './auth.dto.ts';

@ApiTags('Authentication')
@Controller('v1')
export class AuthController {
  constructor(private readonly accounts: AccountService) {}

  /** Creates an account and signs it in. */
  @Public()
  @Post('auth/sign-up')
  @ApiBody(signUpBody)
  @ApiCreatedResponse({ type: SignedInDto })
  @ApiProblems(400, 403, 409, 503)
  signUp(
    @Body() credentials: SignUpDto,
    @Ip() address: string,
    @Headers('user-agent') userAgent?: string,
  ): Promise<SignedInDto> {
    return this.accounts.signUp({ ...credentials, address, userAgent });
  }

  @Public()
  @Post('auth/sign-in')
  @ApiBody(signInBody)
  @HttpCode(200)
  @ApiOkResponse({ type: SignedInDto })
  @ApiProblems(400, 401, 403, 503)
  signIn(
    @Body() credentials: SignInDto,
    @Ip() address: string,
    @Headers('user-agent') userAgent?: string,
  ): Promise<SignedInDto> {
    return this.accounts.signIn({ ...credentials, address, userAgent });
  }

  /** Trades a refresh token for new tokens. Each works once; a repetition within ten seconds gives the same again, any other ends the session. */
  @Public()
  @Post('auth/refresh')
  @ApiBody(refreshBody)
  @HttpCode(200)
  @ApiOkResponse({ type: SignedInDto })
  @ApiProblems(400, 401, 403, 503)
  refresh(@Body() { refreshToken }: RefreshDto): Promise<SignedInDto> {
    return this.accounts.refresh(refreshToken);
  }

  /** Ends the session that the access token belongs to. */
  @RequiresPermission('account:own')
  @Post('auth/sign-out')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiNoContentResponse()
  @ApiProblems(401, 403)
  signOut(@Req() { identity }: UserRequest): Promise<void> {
    return this.accounts.signOut(identity);
  }

  @Authenticated()
  @Get('me')
  @ApiBearerAuth()
  @ApiOkResponse({ type: ProfileDto })
  @ApiProblems(401)
  async me(@Req() { identity }: UserRequest): Promise<ProfileDto> {
    return { ...(await this.accounts.profile(identity)), permissions: identity.permissions };
  }
}
