/** The two JSON-RPC dialects; 0.2.x speaks the one of 0.3 (same methods, same shapes). */
export type Dialect = '1.0' | '0.3';

const V1_METHODS = [
  'SendMessage',
  'SendStreamingMessage',
  'GetTask',
  'ListTasks',
  'CancelTask',
  'SubscribeToTask',
  'CreateTaskPushNotificationConfig',
  'GetTaskPushNotificationConfig',
  'ListTaskPushNotificationConfigs',
  'DeleteTaskPushNotificationConfig',
  'GetExtendedAgentCard',
] as const;

const LEGACY_METHODS = [
  'message/send',
  'message/stream',
  'tasks/get',
  'tasks/cancel',
  'tasks/resubscribe',
  'tasks/pushNotificationConfig/set',
  'tasks/pushNotificationConfig/get',
  'tasks/pushNotificationConfig/list',
  'tasks/pushNotificationConfig/delete',
  'agent/getAuthenticatedExtendedCard',
] as const;

export const METHODS = [...V1_METHODS, ...LEGACY_METHODS] as const;
export type Method = (typeof METHODS)[number];

const KNOWN: ReadonlySet<string> = new Set(METHODS);
const V1: ReadonlySet<string> = new Set(V1_METHODS);

/** A method's name as a metric label: a closed set. */
export function methodLabel(method: string): Method | 'unknown' {
  return KNOWN.has(method) ? (method as Method) : 'unknown';
}

/** `1.0`, `0.3` and `0.2`, with or without a patch number: only major and minor count. */
const VERSION = /^(0\.2|0\.3|1\.0)(?:\.\d{1,9})*$/;

/**
 * The dialect that is asked for: `null` = none of ours.
 * An absent or empty version means 0.3, but some clients call 1.0 methods without saying so, and no method name
 * exists in both.
 */
export function dialectOf(requested: string | undefined, method: string): Dialect | null {
  const version = requested?.trim() ?? '';
  if (version === '') return V1.has(method) ? '1.0' : '0.3';
  const known = VERSION.exec(version)?.[1];
  if (known === undefined) return null;
  return known === '1.0' ? '1.0' : '0.3';
}

/** Which dialect an error is written in when the version itself is not ours or was never read. */
export function likelyDialect(requested: string | undefined): Dialect {
  return requested !== undefined && /^\s*[1-9]/.test(requested) ? '1.0' : '0.3';
}
