import { pythonJson, pythonTime, pythonTimestamp } from './python-json.ts';

describe('pythonJson', () => {
  it('writes what json.dumps writes, byte for byte (taken from a recording)', () => {
    const payload = {
      description: 'unicode: \u017c\u00f3\u0142\u0107 \u65e5\u672c\u8a9e \u{1f600} "quoted"\nline',
      n: null,
      list: [1, true],
    };
    expect(pythonJson(payload)).toBe(
      '{"description": "unicode: \\u017c\\u00f3\\u0142\\u0107 \\u65e5\\u672c\\u8a9e \\ud83d\\ude00 \\"quoted\\"\\nline", ' +
        '"n": null, "list": [1, true]}',
    );
  });

  it('is JSON', () => {
    const value = { a: [], b: {}, c: ['\u2028', '\u007f', '\u0000'] };
    expect(JSON.parse(pythonJson(value))).toEqual(value);
  });
});

it('timestamps are naive with microseconds, times have a fraction', () => {
  expect(pythonTimestamp()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
  expect(String(pythonTime())).toMatch(/^\d{10}\.\d+$/);
});
