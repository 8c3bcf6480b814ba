import type { Json } from '@bridge/contracts';

const FLOAT = Symbol('python float');

/** A number that Python holds as a float even when it is whole: `timeout` is `30.0` on the wire, not `30`. */
export interface PythonFloat {
  readonly [FLOAT]: number;
}

/** Members that are `undefined` are left out, as in `JSON.stringify`. */
export type PythonValue =
  Json | PythonFloat | readonly PythonValue[] | { readonly [key: string]: PythonValue | undefined };

export function pythonFloat(value: number): PythonFloat {
  return { [FLOAT]: value };
}

/**
 * The bytes that Python's `json.dumps(value)` writes with its defaults: `", "` and `": "`, everything outside
 * printable ASCII as lower-case `\uXXXX`, floats as `repr` prints them.
 *
 * JSON text does not tell this process whether a number was an int or a float in Python. Here a safe integer is
 * written as an int and every other number as a float, except where `pythonFloat` says so.
 *
 * @throws {RangeError} for NaN and the infinities: Python would write them, but they are not JSON
 */
export function pythonJson(value: PythonValue): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return pythonString(value);
    case 'number':
      return pythonNumber(value);
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return pythonContainer(value);
  }
}

function pythonContainer(value: object): string {
  if (isPythonFloat(value)) return floatRepr(value[FLOAT]);
  if (Array.isArray(value)) return `[${(value as readonly PythonValue[]).map(pythonJson).join(', ')}]`;
  const members = value as Record<string, PythonValue | undefined>;
  let text = '';
  for (const key of Object.keys(members)) {
    const member = members[key];
    if (member !== undefined) text += `${text === '' ? '' : ', '}${pythonString(key)}: ${pythonJson(member)}`;
  }
  return `{${text}}`;
}

function isPythonFloat(value: object): value is PythonFloat {
  return FLOAT in value;
}

/** Nearly every string of the wire: printable ASCII without quote and backslash, the same in any JSON. */
const PLAIN = /^[ !#-[\]-~]*$/;
/** DEL is the one ASCII character that `JSON.stringify` leaves raw and Python escapes. */
const TO_ESCAPE = /[\u007f-\uffff]/g;

function pythonString(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text).replace(TO_ESCAPE, escapeUnit);
}

/** One UTF-16 unit at a time: a character beyond the BMP becomes its two surrogates, as in Python. */
function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function pythonNumber(value: number): string {
  return isPlainInt(value) ? String(value) : floatRepr(value);
}

/** Below 1e16, so Python writes it without an exponent, too. Minus zero exists only as a float. */
function isPlainInt(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

/**
 * Python's `repr` of a float. Both languages print the shortest digits that read back as the same double; they
 * differ in when they use an exponent (Python: below 1e-4 and from 1e16 on) and in how they write it (two digits).
 */
function floatRepr(value: number): string {
  if (isPlainInt(value)) return `${String(value)}.0`;
  if (!Number.isFinite(value)) throw new RangeError(`${String(value)} is not JSON`);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '0', exponentText = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits.slice(0, 1)}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}
