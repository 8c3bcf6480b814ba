import { askRedis, type Address } from '@bridge/redis-server';

export interface Connection {
  readonly id: string;
  /** As CLIENT LIST says it. */
  readonly line: string;
}

/** Every connection of the server but the one that asks. */
export async function connectionsOf(address: Address): Promise<Connection[]> {
  const list = await askRedis(address, ['CLIENT', 'LIST']);
  if (typeof list !== 'string') throw new Error('CLIENT LIST gave no text');
  return list
    .split('\n')
    .filter((line) => line !== '' && !line.includes(' cmd=client'))
    .map((line) => ({ id: /^id=(\d+)/.exec(line)?.[1] ?? line, line }));
}

/** What keeps a process alive after its tests: listening servers and child processes. Sorted. */
export function openHandles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => name === 'TCPServerWrap' || name === 'ProcessWrap')
    .sort();
}
