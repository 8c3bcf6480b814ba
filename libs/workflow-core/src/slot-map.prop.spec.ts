import fc from 'fast-check';
import { SlotMap } from './slot-map.ts';

const entry = fc.tuple(fc.nat(20), fc.nat());
const entries = fc.array(entry, { maxLength: 12 });

it('is a map whose predecessors never change, also where it branches', () => {
  fc.assert(
    fc.property(entries, fc.array(fc.tuple(fc.nat(), entry), { maxLength: 40 }), (first, changes) => {
      const versions = [{ slots: SlotMap.from(new Map(first)), plain: new Map(first) }];
      for (const [pick, [key, value]] of changes) {
        const from = versions[pick % versions.length];
        if (from === undefined) continue;
        versions.push({ slots: from.slots.with(key, value), plain: new Map([...from.plain, [key, value]]) });
      }
      for (const { slots, plain } of versions) {
        expect([...slots]).toEqual([...plain]);
        expect([...slots.keys()]).toEqual([...plain.keys()]);
        expect([...slots.values()]).toEqual([...plain.values()]);
        expect(slots.size).toBe(plain.size);
        for (let key = 0; key <= 20; key += 1)
          expect([slots.has(key), slots.get(key)]).toEqual([plain.has(key), plain.get(key)]);
        const each: unknown[] = [];
        slots.forEach((value, key, map) => each.push([key, value], map === slots));
        expect(each).toEqual([...plain].flatMap((entry) => [entry, true]));
      }
    }),
  );
});
