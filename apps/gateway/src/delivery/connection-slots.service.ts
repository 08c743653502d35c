import { Injectable } from '@nestjs/common';
import type { Identity } from '@bulkhead/user-context';
import { GatewayConfig } from '../config/gateway.config.ts';
import { TooManyConnectionsError } from './delivery.errors.ts';

/** Counts each user's live connections on this node, whatever carries them: WebSocket, polling or a stream. */
@Injectable()
export class ConnectionSlots {
  readonly #taken = new Map<string, number>();

  constructor(private readonly config: GatewayConfig) {}

  /** Users that have a connection now. */
  get users(): number {
    return this.#taken.size;
  }

  /**
   * Takes one of the user's places. @returns what gives it back, once, however often it is called
   * @throws TooManyConnectionsError
   */
  take({ userId }: Identity): () => void {
    const taken = this.#taken.get(userId) ?? 0;
    const limit = this.config.CONNECTIONS_PER_USER;
    if (taken >= limit) throw new TooManyConnectionsError(limit);
    this.#taken.set(userId, taken + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const left = (this.#taken.get(userId) ?? 1) - 1;
      if (left > 0) this.#taken.set(userId, left);
      else this.#taken.delete(userId);
    };
  }
}
