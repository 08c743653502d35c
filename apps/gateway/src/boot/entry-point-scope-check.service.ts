import { Injectable, Scope, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';
import { ContextIsolationError } from '@bulkhead/user-context';

const GATEWAY_METADATA = 'websockets:is_gateway';

/**
 * Refuses to start when an entry point became request-scoped, which one injected class is enough for: Nest would
 * then build a gateway per connection and never start a worker, without a word.
 */
@Injectable()
export class EntryPointScopeCheck implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly modules: ModuleRef,
  ) {}

  /** @throws ContextIsolationError naming the classes */
  onApplicationBootstrap(): void {
    const gateways = this.discovery
      .getProviders()
      .filter(
        ({ metatype }) => typeof metatype === 'function' && (isGateway(metatype) || isWorker(metatype)),
      );
    const scoped = [...this.discovery.getControllers(), ...gateways]
      .filter(({ token }) => this.modules.introspect(token as string).scope !== Scope.DEFAULT)
      .map(({ name }) => String(name));
    if (scoped.length > 0) {
      throw new ContextIsolationError(
        `Entry points must be singletons, but these are not: ${scoped.join(', ')}.`,
      );
    }
  }
}

const isGateway = (type: object): boolean => Reflect.hasMetadata(GATEWAY_METADATA, type);
const isWorker = (type: { readonly name: string }): boolean => type.name.endsWith('Worker');
