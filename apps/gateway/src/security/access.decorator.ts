import { SetMetadata } from '@nestjs/common';
import type { Permission } from '@bulkhead/auth';

/** Who may enter: everybody, everybody who has signed in, or who has a permission. */
export type Access = 'public' | 'authenticated' | Permission;

/** Where a route or a socket event keeps its declaration. */
export const ACCESS = 'bulkhead:access';

type Declaration = MethodDecorator & ClassDecorator;

/** Open to everybody. */
export const Public = (): Declaration => SetMetadata<string, Access>(ACCESS, 'public');

/** Open to everybody who has signed in, whatever they may do otherwise. */
export const Authenticated = (): Declaration => SetMetadata<string, Access>(ACCESS, 'authenticated');

/** Open to who has the permission at this moment. A method's declaration takes the place of its class's. */
export const RequiresPermission = (permission: Permission): Declaration =>
  SetMetadata<string, Access>(ACCESS, permission);
