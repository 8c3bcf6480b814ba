import { mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { dirname, relative } from 'node:path';

/**
 * One `npm start` per checkout: two would write the same append-only file. The lock is a listening socket, so it
 * dies with its process. `null` when somebody else holds it.
 */
export async function takeStartLock(file: string): Promise<Server | null> {
  await mkdir(dirname(file), { recursive: true });
  // Relative, because the system limits the length of a socket's path, and checkouts may lie deep.
  const path = relative(process.cwd(), file);
  if (await answers(path)) return null;
  await rm(path, { force: true });
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
