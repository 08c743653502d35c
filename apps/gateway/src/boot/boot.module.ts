import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { SecurityModule } from '../security/security.module.ts';
import { AccessDeclarationCheck } from './access-declaration-check.service.ts';
import { EntryPointScopeCheck } from './entry-point-scope-check.service.ts';

/** Refuses to start a server whose entry points break the rules of scopes and access. */
@Module({
  imports: [DiscoveryModule, SecurityModule],
  providers: [AccessDeclarationCheck, EntryPointScopeCheck],
})
export class BootModule {}
