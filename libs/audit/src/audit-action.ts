/**
 * What is written down. `area.what_happened`, in the past tense; a name never changes its meaning.
 * A new one needs a line here: the log's readers can rely on this list.
 */
export const AUDIT_ACTIONS = [
  'sign_up.succeeded',
  'sign_in.succeeded',
  'sign_in.refused',
  'session.refreshed',
  'session.ended',
  'access.refused',
  'roles.changed',
  'api_key.created',
  'api_key.revoked',
  'run.accepted',
  'run.started',
  'run.crashed_nodes',
  'tool.called',
  'tool.completed',
  'approval.requested',
  'approval.resolved',
  'admin.acted',
  'signing_key.rotated',
  'flag.changed',
  'isolation.violated',
  'audit.restored',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];
