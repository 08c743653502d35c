import { Controller, Get, Module, UseGuards, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Test } from '@nestjs/testing';
import { Authenticator, ConnectionAuthMonitor } from '@bulkhead/auth';
import { Authenticated, Public, RequiresPermission } from '../security/access.decorator.ts';
import { AuthenticationGuard } from '../security/authentication.guard.ts';
import { GoodCredentials } from '../rate-limits/good-credentials.service.ts';
import { AccessDeclarationCheck } from './access-declaration-check.service.ts';

@Controller()
class DeclaredController {
  @Public()
  @Get('open')
  open(): void {}

  @Authenticated()
  @Get('own')
  own(): void {}

  @RequiresPermission('admin:read')
  @Get('shut')
  shut(): void {}

  notARoute(): void {}
}

@RequiresPermission('threads:own')
@Controller()
class DeclaredAsAWholeController {
  @Get()
  get(): void {}
}

@WebSocketGateway()
@UseGuards(AuthenticationGuard)
class DeclaredGateway {
  @RequiresPermission('runs:own')
  @SubscribeMessage('send')
  send(): void {}
}

@Controller()
class ForgetfulController {
  @Public()
  @Get('open')
  open(): void {}

  @Get('forgotten')
  forgotten(): void {}
}

@Controller()
class HeirController extends ForgetfulController {}

@WebSocketGateway()
@UseGuards(AuthenticationGuard)
class ForgetfulGateway {
  @SubscribeMessage('forgotten')
  forgotten(): void {}
}

@WebSocketGateway()
class UnguardedGateway {
  @RequiresPermission('runs:own')
  @SubscribeMessage('send')
  send(): void {}
}

const bootWith = async (controllers: Type[], providers: Type[]): Promise<void> => {
  const doors = [Authenticator, ConnectionAuthMonitor, GoodCredentials].map((provide) => ({
    provide,
    useValue: {},
  }));
  @Module({
    imports: [DiscoveryModule],
    controllers,
    providers: [AccessDeclarationCheck, ...doors, ...providers],
  })
  class SampleModule {}
  const module = await Test.createTestingModule({ imports: [SampleModule] }).compile();
  module.get(AccessDeclarationCheck).onApplicationBootstrap();
};

describe('the boot', () => {
  it('accepts entry points that declare who may enter, each by itself or as a whole', async () => {
    await expect(
      bootWith([DeclaredController, DeclaredAsAWholeController], [DeclaredGateway]),
    ).resolves.toBeUndefined();
  });

  it.each([
    ['a route that declares nothing', [ForgetfulController], [], 'ForgetfulController.forgotten'],
    ['an inherited route that declares nothing', [HeirController], [], 'HeirController.forgotten'],
    ['a socket event that declares nothing', [], [ForgetfulGateway], 'ForgetfulGateway.forgotten'],
    ['a gateway without the guard', [], [UnguardedGateway], 'UnguardedGateway (no guard)'],
  ])('refuses %s', async (_, controllers, providers, name) => {
    await expect(bootWith(controllers, providers)).rejects.toThrow(name);
  });

  it('names all of them at once', async () => {
    await expect(bootWith([ForgetfulController, HeirController], [UnguardedGateway])).rejects.toThrow(
      /ForgetfulController\.forgotten, HeirController\.forgotten, UnguardedGateway/,
    );
  });
});
