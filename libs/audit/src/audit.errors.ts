import { AppError } from '@bulkhead/errors';

/** The database has lost the newest seals that this node remembers, so the server does not start by itself. */
export class AuditLogRolledBackError extends AppError {
  readonly code = 'audit_log_rolled_back';
  readonly kind = 'internal';

  /** @param name of the witness, which the setting takes */
  constructor(sealNo: number, name: string, newest: number) {
    super(
      `The audit log ends before this node's last start: it remembers seal ${sealNo}, and the newest of that log in the database is ${newest}. ` +
        'Somebody removed the end of the log, the database was restored from a backup, or it is another database. ' +
        `If you did that, start once with AUDIT_ACCEPT_RESTORED=${name}; if not, run "npm run audit -- verify" first.`,
    );
  }
}

/** The file of the witness is damaged: nobody can say whether the database has lost anything. */
export class AuditWitnessUnreadableError extends AppError {
  readonly code = 'audit_witness_unreadable';
  readonly kind = 'internal';

  constructor(cause?: unknown) {
    super(
      'The file audit-witness.json in DATA_DIR is not what the server wrote. Run "npm run audit -- verify", then delete the file, if you know what happened to it.',
      { cause },
    );
  }
}
