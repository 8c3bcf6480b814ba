/**
 * Python's `datetime.now().isoformat()`: local wall time of one zone, microseconds, no zone in the text.
 *
 * N1 `parseNaive(toNaive(ms, tz), tz)` is `ms` again, except in the hour that a clock set back runs through twice:
 *    naive text cannot say which, and like Python (fold 0) we take the first.
 * N2 Local time that a clock set forward skips is read with the offset from before, also like Python.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** Hour of the epoch -> offset in ms, or `null` where it changes within that hour. */
  readonly offsets: Map<number, number | null>;
}

/** Writers ask for now and readers for minutes ago: a few hours are all there is. The bound is for odd input. */
const HOURS_KEPT = 256;

// A formatter costs some 50 us to make and a formatted time some 5 us; both are pure, so remembering them is.
const zones = new Map<string, Zone>();

function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const zone: Zone = { format, offsets: new Map() };
  zones.set(timeZone, zone);
  return zone;
}

/** Milliseconds that local time is ahead of UTC at an instant that is a whole second. */
function formattedOffset(zone: Zone, second: number): number {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of zone.format.formatToParts(second)) part[type] = value;
  const year = part.era === 'BC' ? 1 - Number(part.year) : Number(part.year);
  const local = utcOf(
    year,
    Number(part.month),
    Number(part.day),
    Number(part.hour),
    Number(part.minute),
    Number(part.second),
  );
  return local - second;
}

function offsetAt(timeZone: string, ms: number): number {
  const zone = zoneOf(timeZone);
  return offsetOfHour(zone, Math.floor(ms / HOUR_MS)) ?? formattedOffset(zone, Math.floor(ms / 1000) * 1000);
}

function offsetOfHour(zone: Zone, hour: number): number | null {
  const known = zone.offsets.get(hour);
  if (known !== undefined) return known;
  const first = formattedOffset(zone, hour * HOUR_MS);
  const offset = first === formattedOffset(zone, (hour + 1) * HOUR_MS) ? first : null;
  if (zone.offsets.size >= HOURS_KEPT) zone.offsets.clear();
  zone.offsets.set(hour, offset);
  return offset;
}

/** `Date.UTC` without its habit of reading the years 0 to 99 as 1900 to 1999. */
function utcOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number {
  return new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Does this runtime know the zone? For checking `LEGACY_TZ` once, at the start. */
export function isTimeZone(name: string): boolean {
  try {
    zoneOf(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * @param ms epoch milliseconds; a fraction carries microseconds
 * @param timeZone an IANA name, e.g. `Europe/Berlin`
 * @returns `2026-11-22T21:25:23.026822`; no fraction when it is zero, as in Python
 * @throws {RangeError} for a zone that is not known or a time beyond what a Date holds
 */
export function toNaive(ms: number, timeZone: string): string {
  const micros = Math.round(ms * 1000);
  const wholeMs = Math.floor(micros / 1000);
  const local = new Date(wholeMs + offsetAt(timeZone, wholeMs)).toISOString();
  const fraction = micros - Math.floor(micros / 1_000_000) * 1_000_000;
  const seconds = local.slice(0, -'.000Z'.length);
  return fraction === 0 ? seconds : `${seconds}.${String(fraction).padStart(6, '0')}`;
}

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(?:(Z)|([+-])(\d\d):?(\d\d)(?::?(\d\d))?)?$/i;

/**
 * @returns epoch milliseconds, with microseconds as its fraction; `null` for what is no ISO date and time.
 *   Text with a zone is read with that zone, text without one in `timeZone`.
 * @throws {RangeError} for a zone that is not known
 */
export function parseNaive(text: string, timeZone: string): number | null {
  const match = ISO.exec(text.trim());
  if (!match) return null;
  const field = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [
    field(1),
    field(2),
    field(3),
    field(4),
    field(5),
    field(6),
  ];
  if (hour > 23 || minute > 59 || second > 59 || field(10) > 23 || field(11) > 59 || field(12) > 59)
    return null;
  const local = utcOf(year, month, day, hour, minute, second);
  const date = new Date(local);
  // 31 February rolls over into March.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const micros = Number((match[7] ?? '').slice(0, 6).padEnd(6, '0'));
  return (instantOf(local, match, timeZone) * 1000 + micros) / 1000;
}

function instantOf(local: number, match: RegExpExecArray, timeZone: string): number {
  if (match[8] !== undefined) return local;
  if (match[9] !== undefined) {
    const offset = ((Number(match[10]) * 60 + Number(match[11])) * 60 + Number(match[12] ?? 0)) * 1000;
    return match[9] === '-' ? local + offset : local - offset;
  }
  return localToInstant(local, timeZone);
}

/** Offsets lie within a day of UTC, so the ones in force a day before and a day after bracket any one change. */
function localToInstant(local: number, timeZone: string): number {
  const before = local - offsetAt(timeZone, local - DAY_MS);
  if (before + offsetAt(timeZone, before) === local) return before;
  const after = local - offsetAt(timeZone, local + DAY_MS);
  return after + offsetAt(timeZone, after) === local ? after : before;
}
