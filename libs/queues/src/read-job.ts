import { policyOf, type JobOf, type QueueName } from './catalogue.ts';

export type ReadJob<Queue extends QueueName> =
  | { readonly kind: 'job'; readonly payload: JobOf<Queue> }
  /** Written by a newer version: not ours to judge. */
  | { readonly kind: 'newer'; readonly schemaVersion: number }
  /** `problem` names the places, never the values (law L14). */
  | { readonly kind: 'malformed'; readonly problem: string };

/** The trust edge of a queue. The version is looked at first: a newer job need not look like ours. */
export function readJob<Queue extends QueueName>(queue: Queue, data: unknown): ReadJob<Queue> {
  const { schema, newest } = policyOf(queue);
  const schemaVersion = versionOf(data);
  if (schemaVersion !== null && schemaVersion > newest) return { kind: 'newer', schemaVersion };
  const result = schema.safeParse(data);
  // The catalogue ties the schema to the queue's name; TypeScript cannot follow it through the index.
  if (result.success) return { kind: 'job', payload: result.data as JobOf<Queue> };
  const places = result.error.issues.slice(0, 5).map(({ path, code }) => `${path.join('.')} ${code}`);
  return { kind: 'malformed', problem: places.join(', ') };
}

function versionOf(data: unknown): number | null {
  if (typeof data !== 'object' || data === null || !('schemaVersion' in data)) return null;
  return typeof data.schemaVersion === 'number' ? data.schemaVersion : null;
}
