import { createHash } from 'node:crypto';
import { canonicalJson } from '@bulkhead/audit';
import type { JsonValue } from '@bulkhead/user-context';
import { ApprovalMissingError, ApprovalRefusedError } from '../tools.errors.ts';

/** What became of the question whether a call may be executed. */
export interface ToolApproval {
  readonly decision: 'approved' | 'refused' | 'expired';
  /** Of the arguments that the owner was shown. */
  readonly argumentsHash: string;
  /** The owner's words about a refusal. */
  readonly reason?: string;
}

/** SHA-256 of the arguments' canonical JSON, hexadecimal: the same for the same arguments, however they are written. */
export const hashArguments = (args: JsonValue): string =>
  createHash('sha256').update(canonicalJson(args)).digest('hex');

/**
 * An approval holds for the arguments that were shown, and for no others.
 * @throws ApprovalMissingError, ApprovalRefusedError
 */
export function requireApproval(args: JsonValue, approval: ToolApproval | undefined): void {
  if (!approval) throw new ApprovalMissingError();
  if (approval.decision !== 'approved') throw new ApprovalRefusedError(approval.decision, approval.reason);
  if (approval.argumentsHash !== hashArguments(args)) throw new ApprovalMissingError();
}
