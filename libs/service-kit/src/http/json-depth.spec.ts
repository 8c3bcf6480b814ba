import { jsonDepthExceeds } from './json-depth.ts';

describe('jsonDepthExceeds', () => {
  it.each([
    ['1', 0, false],
    ['[]', 0, true],
    ['[]', 1, false],
    ['{"a":[{"b":1}]}', 3, false],
    ['{"a":[{"b":1}]}', 2, true],
    ['[[],[],[],[]]', 2, false],
    ['"[[[["', 0, false],
    ['["\\"[[[", "{{{"]', 1, false],
    ['["\\\\",[[1]]]', 2, true],
    ['["\\\\\\"[[", 1]', 1, false],
    ['["unterminated [[[', 1, false],
    [']]]][[', 1, false],
  ])('%s deeper than %i: %s', (text, max, expected) => {
    expect(jsonDepthExceeds(text, max)).toBe(expected);
  });

  it('takes one pass, without recursion, over the nastiest megabytes', () => {
    const size = 4_000_000;
    const texts = [
      '['.repeat(size),
      `["${'\\'.repeat(size)}"]`,
      `["${'\\"'.repeat(size / 2)}"]`,
      '[]'.repeat(size / 2),
    ];
    const startedAt = performance.now();
    expect(texts.map((text) => jsonDepthExceeds(text, size + 1))).toEqual([false, false, false, false]);
    // Quadratic work over 4 MB would take hours; this is far above what one pass needs on a busy machine.
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
