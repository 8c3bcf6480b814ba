import { CoreTaskState, RunId, type FeedEntry } from '@bridge/contracts';
import { z } from 'zod';

const Hints = z.array(
  z.object({ runId: RunId, n: z.number().int().nonnegative(), state: CoreTaskState, parked: z.boolean() }),
);

export function encodeHints(entries: readonly FeedEntry[]): string {
  return JSON.stringify(entries);
}

/** `null` for what is no list of hints, say of a newer version. Parsed: a feed is read by other versions' processes. */
export function decodeHints(text: string): readonly FeedEntry[] | null {
  try {
    return Hints.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}
