export { SandboxBusyError, SandboxCrashedError, SandboxLimitError } from './sandbox.errors.ts';
export { SandboxModule } from './sandbox.module.ts';
export { defaultSandboxOptions, SANDBOX_OPTIONS, type SandboxOptions } from './sandbox.options.ts';
export { Sandbox, type SandboxedCall } from './sandbox.service.ts';
export { taskFile } from './task-file.ts';
