import fc from 'fast-check';
import { jsonDepthExceeds } from './json-depth.ts';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('jsonDepthExceeds', () => {
  it('agrees with the depth of the parsed value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.boolean(), (value, spaced) => {
        const text = JSON.stringify(value, null, spaced ? 2 : 0);
        const depth = depthOf(JSON.parse(text));
        expect(jsonDepthExceeds(text, depth)).toBe(false);
        if (depth > 0) expect(jsonDepthExceeds(text, depth - 1)).toBe(true);
      }),
    );
  });
});
