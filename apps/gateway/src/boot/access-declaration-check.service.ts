import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { GUARDS_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ContextIsolationError } from '@bulkhead/user-context';
import { ACCESS } from '../security/access.decorator.ts';
import { AuthenticationGuard } from '../security/authentication.guard.ts';

const GATEWAY_METADATA = 'websockets:is_gateway';
const MESSAGE_METADATA = 'message';

type EntryClass = { readonly name: string; readonly prototype: Record<string, unknown> };

/**
 * Refuses to start when a route or a socket event does not declare who may enter, or a gateway has no guard. Nobody
 * finds out in production that a declaration was forgotten.
 */
@Injectable()
export class AccessDeclarationCheck implements OnApplicationBootstrap {
  readonly #scanner = new MetadataScanner();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws ContextIsolationError naming every entry point that is open */
  onApplicationBootstrap(): void {
    const controllers = this.discovery.getControllers().map(({ metatype }) => metatype as unknown);
    const gateways = this.discovery
      .getProviders()
      .map(({ metatype }) => metatype as unknown)
      .filter((type) => typeof type === 'function' && Reflect.hasMetadata(GATEWAY_METADATA, type));
    const open = [
      ...controllers.flatMap((type) => this.#undeclared(type as EntryClass, PATH_METADATA)),
      ...gateways.flatMap((type) => this.#undeclared(type as EntryClass, MESSAGE_METADATA)),
      ...gateways
        .filter((type) => !isGuarded(type as object))
        .map((type) => `${(type as EntryClass).name} (no guard)`),
    ];
    if (open.length > 0) {
      throw new ContextIsolationError(
        `Every route and socket event must declare who may enter, with @RequiresPermission(…), @Authenticated() or ` +
          `@Public(), and every gateway needs @UseGuards(AuthenticationGuard). These do not: ${open.join(', ')}.`,
      );
    }
  }

  #undeclared(type: EntryClass, entryMetadata: string): string[] {
    if (Reflect.hasMetadata(ACCESS, type)) return [];
    return this.#scanner
      .getAllMethodNames(type.prototype)
      .filter((name) => {
        const method = type.prototype[name] as object;
        return Reflect.hasMetadata(entryMetadata, method) && !Reflect.hasMetadata(ACCESS, method);
      })
      .map((name) => `${type.name}.${name}`);
  }
}

const isGuarded = (type: object): boolean =>
  ((Reflect.getMetadata(GUARDS_METADATA, type) ?? []) as unknown[]).includes(AuthenticationGuard);
