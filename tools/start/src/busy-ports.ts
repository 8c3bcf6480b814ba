import { createServer } from 'node:net';

export interface WantedPort {
  readonly variable: string;
  readonly port: number;
}

/** A sentence for each port that cannot be had, naming the variable that helps. */
export async function busyPorts(host: string, wanted: readonly WantedPort[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { variable, port } of wanted) {
    const code = await tryPort(host, port);
    if (code === null) continue;
    const why = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${code})`;
    problems.push(
      `Port ${String(port)} ${why}. Set ${variable} to another one, for example: ${variable}=${String(port + 1000)} npm start`,
    );
  }
  return problems;
}

function tryPort(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => {
        resolve(null);
      });
    });
  });
}
