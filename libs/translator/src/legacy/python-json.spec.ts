import { readFileSync } from 'node:fs';
import type { Json } from '@bridge/contracts';
import { pythonFloat, pythonJson } from './python-json.ts';

/** Made by fixtures/python-json/generate.py. */
interface Table {
  readonly floats: readonly (readonly [bytes: string, text: string])[];
  readonly strings: readonly (readonly [units: readonly number[], text: string])[];
  readonly values: readonly (readonly [value: Json, text: string])[];
}
const table = JSON.parse(
  readFileSync(new URL('../../fixtures/python-json/table.json', import.meta.url), 'utf8'),
) as Table;

describe('pythonJson', () => {
  it('prints every float of the table as Python does', () => {
    expect(table.floats.length).toBeGreaterThan(350);
    for (const [bytes, text] of table.floats) {
      expect(pythonJson(pythonFloat(Buffer.from(bytes, 'hex').readDoubleBE()))).toBe(text);
    }
  });

  it.each(table.strings)('escapes the string of units %j as Python does', (units, text) => {
    expect(pythonJson(String.fromCharCode(...units))).toBe(text);
  });

  it.each(table.values)('writes %j as Python does', (value, text) => {
    expect(pythonJson(value)).toBe(text);
  });

  it('writes whole numbers as ints unless they are marked as floats', () => {
    expect(pythonJson({ retry_count: 0, timeout: pythonFloat(30) })).toBe(
      '{"retry_count": 0, "timeout": 30.0}',
    );
  });

  it('writes whole numbers that are no safe integers as the floats they are', () => {
    expect(pythonJson(2 ** 53)).toBe('9007199254740992.0');
    expect(pythonJson(1e16)).toBe('1e+16');
    expect(pythonJson(-0)).toBe('-0.0');
  });

  it('leaves undefined members out', () => {
    expect(pythonJson({ a: undefined, b: 1 })).toBe('{"b": 1}');
  });

  it.each([NaN, Infinity, -Infinity])('refuses %p, which is not JSON', (value) => {
    expect(() => pythonJson([value])).toThrow(RangeError);
    expect(() => pythonJson(pythonFloat(value))).toThrow(RangeError);
  });
});
