/** FNV-1a over UTF-16 units, then a finalizer: FNV alone leaves the high bits of similar names alike. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/**
 * Who owns a partition among these engines, by rendezvous hashing: every engine computes the same answer by itself,
 * and a join or leave moves only the partitions of that engine. `undefined` if there is none.
 */
export function ownerOfPartition(live: readonly string[], partition: number): string | undefined {
  let owner: string | undefined;
  let best = -1;
  for (const engine of live) {
    const weight = hash(`${engine}|${String(partition)}`);
    if (weight > best || (weight === best && owner !== undefined && engine > owner)) {
      owner = engine;
      best = weight;
    }
  }
  return owner;
}

/** The partitions of one engine, ascending; none if it is not live. Overlap while beats differ is harmless (law L15). */
export function ownedPartitions(
  engineId: string,
  live: readonly string[],
  partitions: number,
): readonly number[] {
  return Array.from({ length: partitions }, (_, partition) => partition).filter(
    (partition) => ownerOfPartition(live, partition) === engineId,
  );
}
