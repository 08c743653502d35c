import { Injectable } from '@nestjs/common';
import { RefusalLog } from '@bulkhead/audit';
import { accountConcernedBy } from '@bulkhead/auth';
import { AppError } from '@bulkhead/errors';
import type { Identity } from '@bulkhead/user-context';
import type { FastifyRequest } from 'fastify';
import { markCounted } from '../rate-limits/counted-requests.ts';
import { AddressLimits } from '../rate-limits/address-limits.service.ts';

const SIGN_IN_REFUSED = 'sign_in_refused';
const SIGN_IN_DELAYED = 'sign_in_delayed';
const noted = new Set(['unauthenticated', 'forbidden']);

/** Writes down who was refused, and counts credentials that are not good against the address they came from. */
@Injectable()
export class AccessDenialRecorder {
  constructor(
    private readonly log: RefusalLog,
    private readonly limits: AddressLimits,
  ) {}

  /** @returns the error to answer with: that of the limit, once the address has guessed too often */
  ofRequest(error: unknown, request: FastifyRequest): unknown {
    const { identity } = request as { identity?: Identity };
    const subject = `${request.method} ${request.routeOptions.url ?? ''}`;
    const answer = this.#note(error, request.ip, subject, identity);
    if (error instanceof AppError && error.kind === 'unauthenticated') markCounted(request);
    return answer;
  }

  /** The same for a handshake or a frame. */
  ofSocket(error: unknown, address: string, subject: string, identity?: Identity): unknown {
    return this.#note(error, address, subject, identity);
  }

  #note(error: unknown, address: string, subject: string, identity: Identity | undefined): unknown {
    if (!(error instanceof AppError)) return error;
    const { code } = error;
    if (!noted.has(error.kind) && code !== 'rate_limited' && code !== SIGN_IN_DELAYED) return error;
    // Who has proved to be somebody, or else whose account somebody tried to get into.
    const userId = identity?.userId ?? accountConcernedBy(error);
    const action =
      code === SIGN_IN_REFUSED || code === SIGN_IN_DELAYED ? 'sign_in.refused' : 'access.refused';
    this.log.note({ action, code, address, subject, ...(userId !== undefined && { userId }) });
    // A public route has counted the request already.
    if (error.kind !== 'unauthenticated' || code === SIGN_IN_REFUSED) return error;
    try {
      this.limits.spend(address);
      return error;
    } catch (limited) {
      return limited;
    }
  }
}
