import { BridgeError } from '@bridge/error-policy';

export interface StreamEntry {
  readonly id: string;
  /** The value of the entry's only field. */
  readonly value: string;
}

function isEntry(entry: unknown): entry is readonly [string, readonly [string, string]] {
  return (
    Array.isArray(entry) &&
    typeof entry[0] === 'string' &&
    Array.isArray(entry[1]) &&
    typeof entry[1][1] === 'string'
  );
}

/** Entries of a stream of ours: one field each, so only its value matters. */
export function readStream(entries: readonly unknown[]): readonly StreamEntry[] {
  return entries.map((entry) => {
    if (!isEntry(entry)) throw new BridgeError('INTERNAL', 'a stream of ours holds an entry without a field');
    return { id: entry[0], value: entry[1][1] };
  });
}
