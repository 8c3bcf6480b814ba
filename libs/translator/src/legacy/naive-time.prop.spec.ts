import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { parseNaive, toNaive } from './naive-time.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Africa/Casablanca',
];
const zone = fc.constantFrom(...ZONES);
/** 1975 to 2045, microseconds. */
const instant = fc.integer({ min: 157_766_400_000, max: 2_366_841_600_000 });
const micros = fc.integer({ min: 0, max: 999 });

const probe = spawnSync(
  'python3',
  ['-c', 'import zoneinfo; zoneinfo.ZoneInfo("Europe/Berlin"); print("ok")'],
  {
    encoding: 'utf8',
  },
);
const itWithPython = probe.stdout === 'ok\n' ? it : it.skip;

const PYTHON = `
import sys, zoneinfo
from datetime import datetime, timedelta, timezone
epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
for line in sys.stdin:
    zone, micros = line.split()
    local = (epoch + timedelta(microseconds=int(micros))).astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)
    back = local.replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(timezone.utc) - epoch
    print(local.isoformat(), back // timedelta(microseconds=1))
`;

describe('naive time', () => {
  it('comes back as the same instant, or in the doubled hour as an earlier one with the same text', () => {
    fc.assert(
      fc.property(zone, instant, micros, (tz, ms, us) => {
        const text = toNaive(ms + us / 1000, tz);
        const back = parseNaive(text, tz) ?? NaN;
        expect(toNaive(back, tz)).toBe(text);
        expect(back).toBeLessThanOrEqual(ms + us / 1000 + 0.0005);
        expect(ms - back).toBeLessThanOrEqual(3_600_000);
      }),
      { numRuns: 500 },
    );
  });

  itWithPython(
    "agrees with Python's zoneinfo, both ways, around every hour (skipped where it is missing)",
    () => {
      const rows = fc.sample(fc.tuple(zone, instant, micros), { numRuns: 2000, seed: 11 });
      const input = rows.map(([tz, ms, us]) => `${tz} ${String(ms * 1000 + us)}`).join('\n');
      const python = spawnSync('python3', ['-c', PYTHON], { input, encoding: 'utf8' });
      expect(python.stderr).toBe('');
      const ours = rows.map(([tz, ms, us]) => {
        const text = toNaive(ms + us / 1000, tz);
        return `${text} ${String(Math.round((parseNaive(text, tz) ?? NaN) * 1000))}`;
      });
      expect(ours).toStrictEqual(python.stdout.trimEnd().split('\n'));
    },
  );
});
