import { Command, SCHEMA_VERSION, type AcceptanceRecord } from '@bridge/contracts';
import type { InboxEntry } from '../ports.ts';
import type { StreamEntry } from '../scripts/read-stream.ts';

/** The start of a run: the request itself is in the acceptance record, so this only says that there is one. */
export function startCommand(record: AcceptanceRecord): Command {
  return {
    type: 'start',
    inputId: 'start',
    schemaVersion: record.schemaVersion,
    tenant: record.tenant,
    principal: record.principal,
    traceparent: record.traceparent,
  };
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch (error) {
    // Not swallowed: an entry without a command is what the drainer counts and quarantines.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isNewer(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'schemaVersion' in value &&
    typeof value.schemaVersion === 'number' &&
    value.schemaVersion > SCHEMA_VERSION
  );
}

export function decodeEntry(entry: StreamEntry): InboxEntry {
  const value = parseJson(entry.value);
  // Before the full parse: what a newer version means by a field is not ours to judge.
  if (isNewer(value)) return { entryId: entry.id, command: null, raw: entry.value, newer: true };
  const parsed = Command.safeParse(value);
  return { entryId: entry.id, command: parsed.success ? parsed.data : null, raw: entry.value, newer: false };
}

/** In order; nothing behind an entry of a newer version, which is the last one then. */
export function decodeEntries(entries: readonly StreamEntry[]): readonly InboxEntry[] {
  const decoded: InboxEntry[] = [];
  for (const entry of entries) {
    const command = decodeEntry(entry);
    decoded.push(command);
    if (command.newer) break;
  }
  return decoded;
}
