export interface ServerSettings {
  readonly dir: string;
  /** 0 = no TCP at all. */
  readonly port: number;
  readonly unixSocket: string | undefined;
  readonly appendOnly: 'everysec' | 'always' | 'no';
  readonly bind: string;
  readonly extraArgs: readonly string[];
}

/** The command line of a server; the same for Redis and Valkey. */
export function serverArguments(settings: ServerSettings): string[] {
  const durable =
    settings.appendOnly === 'no'
      ? ['--appendonly', 'no']
      : ['--appendonly', 'yes', '--appendfsync', settings.appendOnly];
  const socket = settings.unixSocket === undefined ? [] : ['--unixsocket', settings.unixSocket];
  return [
    ...['--bind', settings.bind, '--port', String(settings.port), ...socket],
    // Snapshots would hide what the append-only file alone keeps.
    ...['--dir', settings.dir, '--save', '', ...durable],
    // The bridge refuses to run where keys may be evicted.
    ...['--maxmemory-policy', 'noeviction', '--daemonize', 'no'],
    ...settings.extraArgs,
  ];
}
