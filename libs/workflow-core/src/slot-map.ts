/**
 * An immutable map whose successor costs one copy of an array of references: a run of 1,000 steps changes one or
 * two of them at a reply, and copying a hash table for that took most of a decision's time.
 *
 * Keys keep the order in which they were added and are never taken away. All successors share one index of keys;
 * each sees only the first `size` of it.
 */
export class SlotMap<K, V> implements ReadonlyMap<K, V> {
  readonly #index: Map<K, number>;
  readonly #values: readonly V[];

  private constructor(index: Map<K, number>, values: readonly V[]) {
    this.#index = index;
    this.#values = values;
  }

  static from<K, V>(map: ReadonlyMap<K, V>): SlotMap<K, V> {
    if (map instanceof SlotMap) return map as SlotMap<K, V>;
    const index = new Map<K, number>();
    const values: V[] = [];
    for (const [key, value] of map) index.set(key, values.push(value) - 1);
    return new SlotMap(index, values);
  }

  /** With this entry; a key that was there keeps its place. */
  with(key: K, value: V): SlotMap<K, V> {
    const slot = this.#slotOf(key);
    if (slot !== undefined) return new SlotMap(this.#index, this.#values.with(slot, value));
    // Another successor added keys of its own: from here on the two have an index each.
    const index =
      this.#index.size === this.size ? this.#index : new Map([...this.#index].slice(0, this.size));
    index.set(key, this.size);
    return new SlotMap(index, [...this.#values, value]);
  }

  get size(): number {
    return this.#values.length;
  }

  get(key: K): V | undefined {
    const slot = this.#slotOf(key);
    return slot === undefined ? undefined : this.#values[slot];
  }

  has(key: K): boolean {
    return this.#slotOf(key) !== undefined;
  }

  *keys(): MapIterator<K> {
    let left = this.size;
    for (const key of this.#index.keys()) {
      if (left === 0) return;
      left -= 1;
      yield key;
    }
  }

  values(): MapIterator<V> {
    return this.#values.values();
  }

  *entries(): MapIterator<[K, V]> {
    const values = this.#values.values();
    for (const key of this.keys()) {
      const next = values.next();
      if (next.done !== true) yield [key, next.value];
    }
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  forEach(callback: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) callback(value, key, this);
  }

  #slotOf(key: K): number | undefined {
    const slot = this.#index.get(key);
    return slot === undefined || slot >= this.#values.length ? undefined : slot;
  }
}
