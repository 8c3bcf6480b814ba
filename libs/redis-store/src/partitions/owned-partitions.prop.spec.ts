import fc from 'fast-check';
import { ownedPartitions, ownerOfPartition } from './owned-partitions.ts';

const PARTITIONS = 64;
const engines = fc.uniqueArray(fc.stringMatching(/^[a-z0-9-]{1,20}$/), { minLength: 1, maxLength: 12 });
const owners = (live: readonly string[]) =>
  Array.from({ length: PARTITIONS }, (_, partition) => ownerOfPartition(live, partition));

describe('rendezvous hashing', () => {
  it('every partition has exactly one owner, whatever the order engines are listed in', () => {
    fc.assert(
      fc.property(engines, (live) => {
        const all = live.flatMap((engine) => ownedPartitions(engine, live, PARTITIONS));
        expect([...all].sort((a, b) => a - b)).toEqual(Array.from({ length: PARTITIONS }, (_, at) => at));
        expect(owners([...live].reverse())).toEqual(owners(live));
      }),
    );
  });

  it('a join moves partitions only to the new one, a leave only from the old one', () => {
    fc.assert(
      fc.property(engines, fc.stringMatching(/^[A-Z]{1,8}$/), (live, joiner) => {
        const before = owners(live);
        const after = owners([...live, joiner]);
        after.forEach((owner, partition) => {
          if (owner !== before[partition]) expect(owner).toBe(joiner);
        });
      }),
    );
  });

  it('is balanced: over many partitions everybody is within a quarter of the mean', () => {
    const many = 3_200;
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.nat(1_000_000), (count, salt) => {
        // Names as alike as those of pods.
        const live = Array.from({ length: count }, (_, at) => `engine-${String(salt)}-${String(at)}`);
        const shares = new Map<string, number>();
        for (let partition = 0; partition < many; partition += 1) {
          const owner = ownerOfPartition(live, partition) ?? '';
          shares.set(owner, (shares.get(owner) ?? 0) + count / many);
        }
        expect([...shares.keys()].sort()).toEqual([...live].sort());
        expect(Math.min(...shares.values())).toBeGreaterThan(0.75);
        expect(Math.max(...shares.values())).toBeLessThan(1.25);
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  it('who is not live owns nothing', () => {
    expect(ownedPartitions('a', ['b'], PARTITIONS)).toEqual([]);
    expect(ownedPartitions('a', [], PARTITIONS)).toEqual([]);
    expect(ownerOfPartition([], 0)).toBeUndefined();
  });
});
