import { randomUUID } from 'node:crypto';
import type { Literal } from '@bulkhead/persistence';
import type { JsonRecord } from '@bulkhead/user-context';
import type { AuditAction } from './audit-action.ts';
import type { AuditKeys, Signature } from './audit-keys.service.ts';
import { canonicalJson } from './canonical-json.ts';
import { redact } from './redaction.ts';

/** Owns what happened before anybody had signed in. */
export const SYSTEM_CHAIN = '00000000-0000-0000-0000-000000000000';

/** A row as it is signed: everything but its place in the chain. */
export interface AuditContent {
  readonly userId: string;
  readonly auditId: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly action: string;
  /** Who, from where: `UserExecutionContext.getAuditTrail()`. */
  readonly trail: JsonRecord;
  /** What the action was about. */
  readonly details: JsonRecord;
}

/** A row on its way into the log. */
export interface AuditRecord extends AuditContent, Signature {}

/** Signs what is to be written down, without secrets. */
export function recordOf(
  keys: AuditKeys,
  userId: string,
  action: AuditAction,
  trail: object,
  details: object,
): AuditRecord {
  const content: AuditContent = {
    userId: userId.toLowerCase(),
    auditId: randomUUID(),
    at: new Date().toISOString(),
    action,
    trail: redact(trail) as JsonRecord,
    details: redact(details) as JsonRecord,
  };
  return { ...content, ...keys.sign(textOf(content)) };
}

/** The text that a row's signature is made of. */
export const textOf = ({ userId, auditId, at, action, trail, details }: AuditContent): string =>
  [userId, auditId, at, action, canonicalJson(trail), canonicalJson(details)].join('\n');

/** The SQL that adds the record to its user's chain; one row with its `seq`. */
export function appendStatement(record: AuditRecord, literal: Literal): string {
  const { userId, auditId, at, action, trail, details, keyId, mac } = record;
  const values = [
    `${literal(userId)}::uuid`,
    `${literal(auditId)}::uuid`,
    `${literal(at)}::timestamptz`,
    literal(action),
    `${literal(JSON.stringify(trail))}::jsonb`,
    `${literal(JSON.stringify(details))}::jsonb`,
    literal(keyId),
    literal(mac),
  ];
  return `SELECT bulkhead.append_audit(${values.join(', ')}) AS seq`;
}
