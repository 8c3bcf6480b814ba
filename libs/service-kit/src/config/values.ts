import { z } from 'zod';

/** A TCP port; 0 asks the system for a free one. */
export function port(): z.ZodType<number, string> {
  return wholeNumber({ min: 0, max: 65_535, expects: 'a TCP port, 0 to 65535' });
}

/** A duration in whole milliseconds; the variable's name ends in `_MS`. */
export function durationMs(
  range: { readonly min?: number; readonly max?: number } = {},
): z.ZodType<number, string> {
  // Node clamps longer timers to 1 ms, so a larger number would mean the opposite of what was asked.
  const { min = 0, max = 2_147_483_647 } = range;
  return wholeNumber({ min, max, expects: `milliseconds, ${String(min)} to ${String(max)}` });
}

/** A count of things. */
export function count(
  range: { readonly min?: number; readonly max?: number } = {},
): z.ZodType<number, string> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = range;
  return wholeNumber({ min, max, expects: `a whole number, ${String(min)} to ${String(max)}` });
}

const TRUE = ['true', '1', 'yes', 'on'];
const FALSE = ['false', '0', 'no', 'off'];

/** A switch. */
export function flag(): z.ZodType<boolean, string> {
  return parsed('true or false (also 1/0, yes/no, on/off)', (text) => {
    const word = text.trim().toLowerCase();
    if (TRUE.includes(word)) return true;
    return FALSE.includes(word) ? false : undefined;
  });
}

/** `a, b,c` -> `['a', 'b', 'c']`; empty items are left out. Every item must satisfy `item`. */
export function commaList(item?: z.ZodType<string, string>): z.ZodType<readonly string[], string> {
  return z
    .string()
    .transform((text, context) => {
      const items = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
      for (const [index, value] of items.entries()) {
        const result = item?.safeParse(value);
        if (result?.success === false) {
          const why = result.error.issues.map((issue) => issue.message).join('; ');
          context.addIssue({ code: 'custom', message: `item ${String(index + 1)}: ${why}` });
        }
      }
      return items;
    })
    .meta({ expects: 'a comma-separated list' });
}

function wholeNumber(range: { min: number; max: number; expects: string }): z.ZodType<number, string> {
  return parsed(range.expects, (text) => {
    if (!/^\d{1,16}$/.test(text.trim())) return undefined;
    const value = Number(text);
    return value >= range.min && value <= range.max ? value : undefined;
  });
}

function parsed<Value>(expects: string, read: (text: string) => Value | undefined): z.ZodType<Value, string> {
  return z
    .string()
    .transform((text, context) => {
      const value = read(text);
      if (value === undefined) {
        context.addIssue({ code: 'custom', message: 'cannot be read' });
        return z.NEVER;
      }
      return value;
    })
    .meta({ expects });
}
