import type { ProblemDetails } from '@bulkhead/errors';

/** Why the server refused something (RFC 9457). Switch on `code`; show `detail`. */
export interface Problem extends ProblemDetails {
  readonly instance?: string;
  /** Name it when asking for help: the server's log has it. */
  readonly requestId?: string;
}

/** The server answered, and refused. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(readonly problem: Problem) {
    super(problem.detail);
  }

  /** Stable, e.g. `not_found`, `email_taken`. */
  get code(): string {
    return this.problem.code;
  }

  /** As in HTTP, over Socket.IO too. */
  get status(): number {
    return this.problem.status;
  }
}

/** The problem in an answer's body; one of our own when somebody else answered, such as a proxy. */
export function toProblem(body: unknown, status: number): Problem {
  if (isProblem(body)) return body;
  return {
    type: 'urn:bulkhead:problem:unexpected_answer',
    title: 'Unexpected answer',
    status,
    code: 'unexpected_answer',
    detail: `The answer (status ${status}) is not from a Bulkhead server. Check the URL and what lies between.`,
  };
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false;
  const { code, status, detail } = value as Partial<Record<keyof Problem, unknown>>;
  return typeof code === 'string' && typeof status === 'number' && typeof detail === 'string';
}
