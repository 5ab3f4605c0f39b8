import { rmSync } from 'node:fs';
import { createServer, type Socket, type Server as SocketServer } from 'node:net';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Cloud } from '../cloud/cloud';
import { type Fault, Faults } from './faults';
import { encodeProviderSchema, SERVICE } from './protocol';
import { Provider, type ProviderOptions } from './provider';
import { type Recorded, type RecordedOptions, recordedProviders } from './recorded';
import { serviceOf } from './service';

export type { Fault } from './faults';

export interface ServeOptions extends RecordedOptions, ProviderOptions {
  readonly cloud: Cloud;
  /** Unix sockets go here, one a provider; the system allows paths of about 100 characters. */
  readonly socketFolder: string;
}

export interface ProviderServer {
  /** For the environment of every Terraform: it then needs no provider binary, no registry and no credentials. */
  readonly env: Readonly<Record<string, string>>;
  /** Fails the next call that fits, once. */
  fail(fault: Fault): void;
  /** Ends all connections and removes the sockets. */
  close(): Promise<void>;
}

/** Answers for real providers from their recorded schemas; what Terraform "creates" is in `cloud`. */
export async function serveProviders({ cloud, socketFolder, adopt, ...which }: ServeOptions): Promise<ProviderServer> {
  const faults = new Faults();
  const connect = (recorded: Recorded) => new Provider(recorded, cloud, faults, { adopt });
  const listeners = await Promise.all(recordedProviders(which).map((recorded) => listen(recorded, join(socketFolder, `${recorded.name}.sock`), connect)));
  const attachments = listeners.map(({ address, socket }) => [
    address,
    { Protocol: 'grpc', ProtocolVersion: 6, Pid: process.pid, Test: true, Addr: { Network: 'unix', String: socket } },
  ]);
  return {
    env: { TF_REATTACH_PROVIDERS: JSON.stringify(Object.fromEntries(attachments)), CHECKPOINT_DISABLE: '1' },
    fail: (fault) => faults.arm(fault),
    close: async () => {
      await Promise.all(listeners.map(({ close }) => close()));
    },
  };
}

interface Listener {
  readonly address: string;
  readonly socket: string;
  close(): Promise<void>;
}

/** Longer paths are cut off silently by the operating system's socket address. */
const LONGEST_SOCKET_PATH = 103;

async function listen(recorded: Recorded, socket: string, connect: (recorded: Recorded) => Provider): Promise<Listener> {
  if (socket.length > LONGEST_SOCKET_PATH)
    throw new Error(`${socket}: a unix socket's path has at most ${LONGEST_SOCKET_PATH} characters; choose a shorter socketFolder`);
  let encoded: Buffer | undefined;
  const schema = () => (encoded ??= encodeProviderSchema(recorded.schema));
  const connections = new Map<Socket, Server>();

  // Terraform opens a connection for each provider block, and stacks run side by side: each has its own configuration.
  const listener = createServer((connection) => {
    const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
    server.addService(SERVICE, serviceOf(connect(recorded), schema));
    server.createConnectionInjector(ServerCredentials.createInsecure()).injectConnection(connection);
    connections.set(connection, server);
    connection
      .on('error', () => connection.destroy())
      .on('close', () => {
        connections.delete(connection);
        server.forceShutdown();
      });
  });
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => listener.once('error', reject).listen(socket, resolve));
  return { address: recorded.address, socket, close: () => closeAll(listener, connections) };
}

async function closeAll(listener: SocketServer, connections: ReadonlyMap<Socket, Server>): Promise<void> {
  for (const [connection] of connections) connection.destroy();
  await new Promise<void>((resolve) => listener.close(() => resolve()));
}
