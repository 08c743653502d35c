import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { limitConnections } from './connection-limits.ts';

let server: Server;
let served: Socket[];
const sockets: Socket[] = [];

async function open(limits: Partial<Parameters<typeof limitConnections>[1]>): Promise<void> {
  served = [];
  server = createServer((socket) => served.push(socket.resume().on('error', () => undefined)));
  limitConnections(server, { all: 100, perAddress: 100, isProxy: () => false, ...limits });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

async function dial(): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  sockets.push(socket.resume());
  await once(socket, 'connect');
  return socket;
}

afterEach(async () => {
  for (const socket of [...sockets.splice(0), ...served]) socket.destroy();
  server.close();
  await once(server, 'close');
});

describe('a connection', () => {
  it('beyond the ceiling of its address is closed unserved, and served when another has gone', async () => {
    await open({ perAddress: 2 });
    const [first] = [await dial(), await dial()];
    await once(await dial(), 'close');
    expect(served).toHaveLength(2);
    const gone = once(served[0]!, 'close');
    first.destroy();
    await gone;
    const connected = once(server, 'connection');
    await dial();
    await connected;
    expect(served).toHaveLength(3);
  });

  it('of a trusted proxy has no ceiling of its address', async () => {
    await open({ perAddress: 1, isProxy: (address) => address === '127.0.0.1' });
    for (let count = 1; count <= 3; count += 1) {
      const connected = once(server, 'connection');
      await dial();
      await connected;
    }
    expect(served).toHaveLength(3);
  });

  it('beyond the ceiling of the process is closed', async () => {
    await open({ all: 1 });
    await dial();
    await once(await dial(), 'close');
    expect(served).toHaveLength(1);
  });
});
