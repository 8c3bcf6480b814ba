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
    const many = 6_400;
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.nat(1_000_000), (count, salt) => {
        // Names as alike as those of pods.
        const live = Array.from({ length: count }, (_, at) => `engine-${String(salt)}-${String(at)}`);
        for (const engine of live) {
          const share = ownedPartitions(engine, live, many).length / (many / count);
          expect(share).toBeGreaterThan(0.75);
          expect(share).toBeLessThan(1.25);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('who is not live owns nothing', () => {
    expect(ownedPartitions('a', ['b'], PARTITIONS)).toEqual([]);
    expect(ownedPartitions('a', [], PARTITIONS)).toEqual([]);
    expect(ownerOfPartition([], 0)).toBeUndefined();
  });
});
