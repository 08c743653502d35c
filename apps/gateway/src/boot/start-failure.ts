import { AppError } from '@bulkhead/errors';

const reasons: Readonly<Record<string, (where: string, host: string) => string>> = {
  EADDRINUSE: (where) =>
    `${where} is taken. Stop the program that listens there, or set PORT to another one.`,
  EACCES: (where) => `This user may not listen at ${where}. Set PORT to 1024 or more.`,
  EADDRNOTAVAIL: (_where, host) => `This machine has no address ${host}. Set HOST to one that it has.`,
  ENOTFOUND: (_where, host) => `Nobody knows an address of ${host}. Set HOST to an address of this machine.`,
};

/** Error codes of a data folder that can't be used: another user's, full, or no folder. */
const unwritable = /^(?:EACCES|EPERM|EROFS|ENOSPC|EDQUOT|ENOTDIR|ENOENT)$/;

/** Why the server did not start, in one sentence where there is one; a defect with its stack. */
export function startFailure(
  error: unknown,
  { HOST, PORT }: { readonly HOST: string; readonly PORT: number },
): string {
  if (error instanceof AppError) return error.message;
  const { code = '', syscall, path, stack } = error as NodeJS.ErrnoException;
  if (path !== undefined && unwritable.test(code))
    return `${path} can't be written (${code}). Set DATA_DIR to a folder that this user can write to, with room in it.`;
  const reason = syscall === 'listen' || syscall === 'getaddrinfo' ? reasons[code] : undefined;
  return reason?.(`${HOST.includes(':') ? `[${HOST}]` : HOST}:${PORT}`, HOST) ?? String(stack ?? error);
}
