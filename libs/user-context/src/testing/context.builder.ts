import type { ContextIds, ContextOptions } from '../context-fields.ts';
import type { Identity } from '../identity.ts';
import { UserExecutionContext } from '../user-execution-context.ts';
import { anIdentity } from './identity.builder.ts';

/** Builds contexts for tests, with valid ids by default, through the real factory and its real validation. */
export interface ContextBuilder {
  of(identity: Identity): ContextBuilder;
  on(ids: ContextIds): ContextBuilder;
  with(options: ContextOptions): ContextBuilder;
  build(): UserExecutionContext;
}

export function aContext(
  identity: Identity = anIdentity(),
  ids: ContextIds = {},
  options: ContextOptions = {},
): ContextBuilder {
  return {
    of: (other) => aContext(other, ids, options),
    on: (more) => aContext(identity, { ...ids, ...more }, options),
    with: (more) => aContext(identity, ids, { ...options, ...more }),
    build: () => UserExecutionContext.fromRequest(identity, ids, options),
  };
}
