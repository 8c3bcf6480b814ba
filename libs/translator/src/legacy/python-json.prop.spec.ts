import { spawnSync } from 'node:child_process';
import type { Json } from '@bridge/contracts';
import fc from 'fast-check';
import { pythonFloat, pythonJson } from './python-json.ts';

// `unit: 'binary'` brings every code point; lone surrogates are in the table of python-json.spec.ts.
const json = fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<Json>;
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

const python3 = spawnSync('python3', ['-c', 'print("ok")'], { encoding: 'utf8' });
const itWithPython = python3.stdout === 'ok\n' ? it : it.skip;

describe('pythonJson, for any value', () => {
  it('reads back as the same value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(pythonJson(value))).toStrictEqual(value);
      }),
    );
  });

  it('keeps every double exactly', () => {
    fc.assert(
      fc.property(finite, (value) => {
        expect(JSON.parse(pythonJson(value))).toBe(value);
        expect(JSON.parse(pythonJson(pythonFloat(value)))).toBe(value);
      }),
    );
  });

  it('writes printable ASCII only', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(pythonJson(value)).toMatch(/^[ -~]*$/);
      }),
    );
  });

  itWithPython('agrees with a real python3 on 500 random values (skipped where there is none)', () => {
    const values = fc.sample(fc.oneof(json, finite), { numRuns: 500, seed: 7 });
    // Python reads our text and writes it again: any difference in separators, escapes or numbers shows.
    const ours = values.map((value) => pythonJson(value));
    const echo = spawnSync(
      'python3',
      ['-c', 'import json, sys\nfor line in sys.stdin: print(json.dumps(json.loads(line)))'],
      { input: ours.join('\n'), encoding: 'utf8' },
    );
    expect(echo.stderr).toBe('');
    expect(echo.stdout.trimEnd().split('\n')).toStrictEqual(ours);
  });
});
