import { Server } from '../server.ts';
import { checkConnections } from './connection-rules.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import { checkFrames } from './generated-frames.ts';
import { stealState } from './stolen-state.ts';

export const sockets: EvidenceSuite = {
  name: 'sockets',
  promise: 'A socket acts for the user who opened it, whatever ids it knows, and is always answered.',
  tried:
    'A thief uses thread, run, socket and session ids and cursors of others in every frame and handshake; generated frames, good and bad, are sent and each must be answered.',
  async run(evidence) {
    // The limits on how often somebody may try are another suite's: here nobody is turned away for that.
    const server = await Server.start({ FRAMES_PER_MINUTE_PER_USER: '1000000', CONNECTIONS_PER_USER: '100' });
    evidence.defer(() => server.dispose());
    await stealState(evidence, server, 1_000);
    await checkFrames(evidence, server, evidence.long ? 50_000 : 5_000);
    await checkConnections(evidence, server);
  },
};
