import { isTimeZone, parseNaive, toNaive } from './naive-time.ts';

const utc = (text: string): number => Date.parse(`${text}Z`);

describe('toNaive', () => {
  it.each([
    ['UTC', '2026-11-22T21:25:23.026', '2026-11-22T21:25:23.026000'],
    ['Europe/Berlin', '2026-11-22T21:25:23.026', '2026-11-22T22:25:23.026000'],
    ['Europe/Berlin', '2026-07-01T22:30:00.500', '2026-07-02T00:30:00.500000'],
    ['America/New_York', '2026-01-01T03:00:00.001', '2025-12-31T22:00:00.001000'],
    ['Asia/Kolkata', '2026-01-01T00:00:00.001', '2026-01-01T05:30:00.001000'],
    ['Australia/Lord_Howe', '2026-01-01T00:00:00.001', '2026-01-01T11:00:00.001000'],
    ['Australia/Lord_Howe', '2026-07-01T00:00:00.001', '2026-07-01T10:30:00.001000'],
    ['Pacific/Chatham', '2026-07-01T00:00:00.001', '2026-07-01T12:45:00.001000'],
    ['Europe/Paris', '1900-01-01T00:00:00.001', '1900-01-01T00:09:21.001000'],
    ['UTC', '1969-12-31T23:59:59.999', '1969-12-31T23:59:59.999000'],
  ])('writes wall time of %s: %s UTC is %s', (zone, instant, naive) => {
    expect(toNaive(utc(instant), zone)).toBe(naive);
  });

  it('leaves the fraction out when it is zero, as isoformat does', () => {
    expect(toNaive(utc('2026-11-22T21:25:23'), 'UTC')).toBe('2026-11-22T21:25:23');
  });

  it('takes microseconds from the fraction of a millisecond', () => {
    expect(toNaive(utc('2026-11-22T21:25:23.026') + 0.822, 'UTC')).toBe('2026-11-22T21:25:23.026822');
    expect(toNaive(utc('2026-11-22T21:25:23.999') + 0.9999, 'UTC')).toBe('2026-11-22T21:25:24');
  });

  it('follows a change of clocks within the hour it has cached', () => {
    // Lord Howe goes from +10:30 to +11 at 15:30 UTC, in the middle of an hour.
    expect(toNaive(utc('2026-10-03T15:29:59.5'), 'Australia/Lord_Howe')).toBe('2026-10-04T01:59:59.500000');
    expect(toNaive(utc('2026-10-03T15:30:00'), 'Australia/Lord_Howe')).toBe('2026-10-04T02:30:00');
    expect(toNaive(utc('2026-10-03T15:29:59.5'), 'Australia/Lord_Howe')).toBe('2026-10-04T01:59:59.500000');
  });

  it('follows a change of clocks at a full hour', () => {
    expect(toNaive(utc('2026-03-29T00:59:59.999'), 'Europe/Berlin')).toBe('2026-03-29T01:59:59.999000');
    expect(toNaive(utc('2026-03-29T01:00:00'), 'Europe/Berlin')).toBe('2026-03-29T03:00:00');
    expect(toNaive(utc('2026-10-25T00:59:59'), 'Europe/Berlin')).toBe('2026-10-25T02:59:59');
    expect(toNaive(utc('2026-10-25T01:00:00'), 'Europe/Berlin')).toBe('2026-10-25T02:00:00');
  });

  it('keeps zones apart when they are asked for in turn', () => {
    const ms = utc('2026-07-01T12:00:00');
    for (let turn = 0; turn < 3; turn += 1) {
      expect(toNaive(ms, 'UTC')).toBe('2026-07-01T12:00:00');
      expect(toNaive(ms, 'Asia/Tokyo')).toBe('2026-07-01T21:00:00');
    }
  });

  it('refuses a zone that is not known', () => {
    expect(() => toNaive(0, 'Mars/Olympus')).toThrow(RangeError);
    expect(isTimeZone('Mars/Olympus')).toBe(false);
    expect(isTimeZone('Europe/Berlin')).toBe(true);
  });
});

describe('parseNaive', () => {
  it.each([
    ['2026-11-22T21:25:23.026822', 'UTC', utc('2026-11-22T21:25:23.026') + 0.822],
    ['2026-11-22T21:25:23', 'UTC', utc('2026-11-22T21:25:23')],
    ['2026-11-22 21:25:23.5', 'UTC', utc('2026-11-22T21:25:23.500')],
    ['2026-11-22T21:25', 'UTC', utc('2026-11-22T21:25:00')],
    ['2026-11-22', 'UTC', utc('2026-11-22T00:00:00')],
    ['2026-11-22T22:25:23', 'Europe/Berlin', utc('2026-11-22T21:25:23')],
    ['2026-07-02T00:30:00', 'Europe/Berlin', utc('2026-07-01T22:30:00')],
    ['0099-01-01T00:00:00', 'UTC', Date.parse('0099-01-01T00:00:00Z')],
  ])('reads %s in %s', (text, zone, ms) => {
    expect(parseNaive(text, zone)).toBe(ms);
  });

  it.each([
    ['2026-11-22T21:25:23Z', '2026-11-22T21:25:23'],
    ['2026-11-22T21:25:23.5+00:00', '2026-11-22T21:25:23.500'],
    ['2026-11-22T21:25:23+05:30', '2026-11-22T15:55:23'],
    ['2026-11-22T21:25:23-0800', '2026-11-23T05:25:23'],
  ])('reads %s with the zone in the text, not with ours', (text, instant) => {
    expect(parseNaive(text, 'Asia/Tokyo')).toBe(utc(instant));
  });

  it('reads the hour that comes twice as the first of the two, as Python does', () => {
    expect(parseNaive('2026-10-25T02:30:00', 'Europe/Berlin')).toBe(utc('2026-10-25T00:30:00'));
    expect(parseNaive('2026-11-01T01:30:00', 'America/New_York')).toBe(utc('2026-11-01T05:30:00'));
  });

  it('reads the hour that never was with the offset from before, as Python does', () => {
    expect(parseNaive('2026-03-29T02:30:00', 'Europe/Berlin')).toBe(utc('2026-03-29T01:30:00'));
    expect(parseNaive('2026-03-08T02:30:00', 'America/New_York')).toBe(utc('2026-03-08T07:30:00'));
  });

  it.each([
    '',
    'yesterday',
    '1795382723.02',
    '2026-13-01T00:00:00',
    '2026-02-31T00:00:00',
    '2026-00-10T00:00:00',
    '2026-11-22T24:00:00',
    '2026-11-22T21:60:00',
    '2026-11-22T21:25:23.',
    '2026-11-22T21:25:23 Berlin',
    '2026-11-22T21:25:23+25:00',
  ])('is null for %j', (text) => {
    expect(parseNaive(text, 'UTC')).toBeNull();
  });
});
