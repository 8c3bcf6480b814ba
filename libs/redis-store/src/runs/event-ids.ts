import type { EventPlace, PlacedEvent, RunEvent } from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import type { StreamEntry } from '../scripts/read-stream.ts';

/** An event's place is its stream id. */
export function streamIdOf(place: EventPlace): string {
  return `${String(place.n)}-${String(place.k)}`;
}

export function placeOf(streamId: string): EventPlace {
  const [n, k] = streamId.split('-');
  return { n: Number(n), k: Number(k) };
}

function follows(place: EventPlace, before: EventPlace): boolean {
  return place.n > before.n
    ? place.n === before.n + 1 && place.k === 0
    : place.n === before.n && place.k === before.k + 1;
}

/**
 * Flat id-json list for the append.
 * @throws BridgeError `INTERNAL` unless the places go on densely from `after` (law L10)
 */
export function encodeEvents(after: EventPlace, events: readonly PlacedEvent[]): string[] {
  let before = after;
  return events.flatMap(({ place, event }) => {
    if (!follows(place, before)) {
      throw new BridgeError('INTERNAL', `event ${streamIdOf(place)} does not follow ${streamIdOf(before)}`);
    }
    before = place;
    return [streamIdOf(place), JSON.stringify(event)];
  });
}

export function decodeEvent(entry: StreamEntry): PlacedEvent {
  return { place: placeOf(entry.id), event: JSON.parse(entry.value) as RunEvent };
}

/** The id behind an inbox entry: the first one that an exact trim up to and with that entry keeps. */
export function idAfter(streamId: string): string {
  const [ms = '0', sequence = '0'] = streamId.split('-');
  return `${ms}-${String(BigInt(sequence) + 1n)}`;
}
