import { Controller, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import { Test } from '@nestjs/testing';
import { EntryPointScopeCheck } from './entry-point-scope-check.service.ts';

@Injectable({ scope: Scope.REQUEST })
class PerRequest {}

@Controller()
class SingletonController {}

@Controller()
class ScopedController {
  constructor(readonly dependency: PerRequest) {}
}

@WebSocketGateway()
class ScopedGateway {
  constructor(readonly dependency: PerRequest) {}
}

@Injectable()
class ScopedWorker {
  constructor(readonly dependency: PerRequest) {}
}

const bootWith = async (controllers: Type[], providers: Type[]): Promise<void> => {
  @Module({
    imports: [DiscoveryModule],
    controllers,
    providers: [PerRequest, EntryPointScopeCheck, ...providers],
  })
  class SampleModule {}
  const module = await Test.createTestingModule({ imports: [SampleModule] }).compile();
  module.get(EntryPointScopeCheck).onApplicationBootstrap();
};

describe('the boot', () => {
  it('accepts singleton entry points beside request-scoped providers', async () => {
    await expect(bootWith([SingletonController], [])).resolves.toBeUndefined();
  });

  it.each([
    ['a controller', [ScopedController], [], 'ScopedController'],
    ['a gateway', [], [ScopedGateway], 'ScopedGateway'],
    ['a worker', [], [ScopedWorker], 'ScopedWorker'],
  ])(
    'refuses %s that one injected class has made request-scoped',
    async (_, controllers, providers, name) => {
      await expect(bootWith(controllers, providers)).rejects.toThrow(name);
    },
  );
});
