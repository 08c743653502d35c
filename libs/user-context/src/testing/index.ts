export { aContext, type ContextBuilder } from './context.builder.ts';
export { aLookAlike } from './look-alike.ts';
export { anIdentity } from './identity.builder.ts';
