export { FeatureFlags } from './feature-flags.service.ts';
export { FlagAdministration, type AdministeredFlag, type FlagChange } from './flag-administration.service.ts';
export { FLAGS, type FlagDefinition, type FlagName, type FlagValue } from './flag-catalogue.ts';
export { FlagExpiredError, InvalidFlagValueError } from './flags.errors.ts';
export { FlagsModule } from './flags.module.ts';
