/**
 * Which entries of a map differ from the map it was made of, without comparing them all: a run of 1,000 steps
 * must not be looked through at every reply. Only the newest step back is known; for anything else one compares.
 */
interface Origin {
  readonly from: object;
  readonly keys: ReadonlySet<unknown>;
}

const origins = new WeakMap<object, Origin>();

/** @param keys what was set in `to` since it was copied from `from` */
export function noteOrigin<K, V>(from: ReadonlyMap<K, V>, to: ReadonlyMap<K, V>, keys: ReadonlySet<K>): void {
  // Else every map would keep all its ancestors alive.
  origins.delete(from);
  origins.set(to, { from, keys });
}

/** Entries of `after` that are not the same object in `before`. Nothing is ever deleted from these maps. */
export function changedEntries<K, V>(
  before: ReadonlyMap<K, V>,
  after: ReadonlyMap<K, V>,
): readonly (readonly [K, V])[] {
  if (before === after) return [];
  const origin = origins.get(after);
  const keys = origin?.from === before ? (origin.keys as ReadonlySet<K>) : after.keys();
  const changed: (readonly [K, V])[] = [];
  for (const key of keys) {
    const value = after.get(key);
    if (value !== undefined && value !== before.get(key)) changed.push([key, value]);
  }
  return changed;
}
