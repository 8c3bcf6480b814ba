export interface AppSettings {
  readonly name: 'a2a-gateway' | 'workflow-engine' | 'dlq-processor';
  readonly title: string;
  /** The variable that moves it elsewhere. */
  readonly portVariable: string;
  readonly port: number;
}

export interface StartSettings {
  readonly host: string;
  readonly apps: readonly AppSettings[];
  /** `null` = we start one ourselves. */
  readonly redisUrl: string | null;
  /** 0 = whatever is free. */
  readonly redisPort: number;
  readonly fresh: boolean;
  readonly fleet: boolean;
}

const APPS = [
  { name: 'a2a-gateway', title: 'Gateway', portVariable: 'GATEWAY_PORT', port: 8080 },
  { name: 'workflow-engine', title: 'Engine', portVariable: 'ENGINE_PORT', port: 8081 },
  { name: 'dlq-processor', title: 'Dead letters', portVariable: 'DLQ_PORT', port: 8082 },
] as const;

/** Reads the environment and the command line. Problems are sentences for the person who typed them. */
export function parseSettings(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): { readonly settings: StartSettings; readonly problems: readonly string[] } {
  const problems = args
    .filter((arg) => arg !== '--fresh')
    .map((arg) => `Unknown option ${arg}; there is --fresh.`);
  const portOf = (variable: string, fallback: number): number => {
    const text = env[variable] ?? '';
    if (text === '') return fallback;
    const port = Number(text);
    if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
    problems.push(`${variable} must be a port, 1 to 65535, not "${text}".`);
    return fallback;
  };
  const given = env['REDIS_URL'] ?? '';
  const redisUrl = given === '' ? null : given;
  const fresh = args.includes('--fresh');
  if (fresh && redisUrl !== null) {
    problems.push('--fresh wipes only a Redis that npm start runs itself, and REDIS_URL names another one.');
  }
  const apps = APPS.map((app) => ({ ...app, port: portOf(app.portVariable, app.port) }));
  const redisPort = portOf('REDIS_PORT', 0);
  const host = env['HOST'] ?? '127.0.0.1';
  const noFleet = env['NO_FLEET'] ?? '';
  const fleet = noFleet === '' || noFleet === '0';
  return { settings: { host, apps, redisUrl, redisPort, fresh, fleet }, problems };
}

/** How this machine reaches what listens on `host`. */
export function localUrl(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${String(port)}`;
}
