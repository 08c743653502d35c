import { Injectable } from '@nestjs/common';
import type { Identity } from '@bulkhead/user-context';
import { GatewayConfig } from '../config/gateway.config.ts';
import { ConnectionCounts } from './connection-counts.ts';
import { TooManyConnectionsError } from './streaming.errors.ts';

/**
 * Limits each user's live connections over all nodes, whatever carries them: WebSocket, polling or a stream. What
 * happens on two nodes within the same moment may be counted a moment late.
 */
@Injectable()
export class ConnectionLimiter {
  constructor(
    private readonly config: GatewayConfig,
    private readonly census: ConnectionCounts,
  ) {}

  /** Users that have a connection here now. */
  get users(): number {
    return this.census.users;
  }

  /**
   * Takes one of the user's places. @returns what gives it back, once, however often it is called
   * @throws TooManyConnectionsError
   */
  take({ userId }: Identity): () => void {
    const limit = this.config.CONNECTIONS_PER_USER;
    if (this.census.of(userId) >= limit) throw new TooManyConnectionsError(limit);
    this.census.change(userId, 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.census.change(userId, -1);
    };
  }
}
