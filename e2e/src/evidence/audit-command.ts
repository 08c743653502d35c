import { join } from 'node:path';
import { Child } from '../child.ts';
import type { Cluster } from './cluster.ts';

const entry = join(import.meta.dirname, '..', '..', '..', 'apps', 'gateway', 'dist', 'audit', 'main.js');

/** What `npm run audit` says, and how it ends. */
export interface AuditAnswer {
  readonly code: number | null;
  readonly lines: readonly string[];
}

/** Runs the operator's command on the first node's settings. */
export async function runAudit(
  cluster: Cluster,
  settings: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<AuditAnswer> {
  const { dataDir } = cluster.node(0);
  const child = new Child([entry, ...args], {
    cwd: dataDir,
    environment: { DATABASE_URL: cluster.databaseUrl, DATA_DIR: join(dataDir, 'data'), ...settings },
  });
  const { code } = await child.exit;
  return { code, lines: child.output.split('\n').filter(Boolean) };
}
