export { aContext, type ContextBuilder } from './context.builder.ts';
export { anIdentity } from './identity.builder.ts';
