import { localUrl, type StartSettings } from './settings.ts';

export interface ReadyFacts {
  readonly settings: StartSettings;
  readonly redisUrl: string;
  /** `null` for a Redis that is not ours. */
  readonly redisFolder: string | null;
  readonly agents: readonly string[];
  readonly notes: readonly string[];
  readonly logs: string;
}

/** What a newcomer needs once everything runs: where it is, and one command that shows that it works. */
export function readyText({ settings, redisUrl, redisFolder, agents, notes, logs }: ReadyFacts): string {
  const urls = new Map(settings.apps.map(({ name, port }) => [name, localUrl(settings.host, port)]));
  const gateway = urls.get('a2a-gateway') ?? '';
  const rows = [
    ...settings.apps.map(({ name, title }) => [title, urls.get(name) ?? '']),
    ['Agent card', `${gateway}/.well-known/agent-card.json`],
    ['Redis', redisFolder === null ? redisUrl : `${redisUrl}  (append-only file in ${redisFolder})`],
    ['Agents', agents.length === 0 ? 'none started here' : agents.join(', ')],
    ['Logs', logs],
  ];
  const lines = rows.map(([title = '', value = '']) => `  ${title.padEnd(13)}${value}`);
  return [
    '',
    'A2A Bridge is ready.',
    ...lines,
    ...notes,
    '',
    'Try it:',
    tryIt(gateway),
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}

/** A new message id each time: the same id would find the same task again. */
function tryIt(gateway: string): string {
  const body =
    '{"jsonrpc":"2.0","id":1,"method":"message/send","params":{"message":{"kind":"message","role":"user",' +
    `"messageId":"hello-'$(date +%s)'","parts":[{"kind":"text","text":"calculate (2 + 3) * 4"}]}}}`;
  return `  curl -s ${gateway}/rpc -H 'Content-Type: application/json' -d '${body}'`;
}
