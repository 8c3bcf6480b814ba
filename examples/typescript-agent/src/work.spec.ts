import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { doWork } from './work.ts';

interface Case {
  readonly description: string;
  readonly status: 'completed' | 'failed';
  readonly result?: unknown;
  readonly error?: string;
}

const cases = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../work-cases.json'), 'utf8'),
) as readonly Case[];

describe('the work, the same as the Python agent does', () => {
  it.each(cases.map((one) => [one.description, one] as const))('%s', (description, expected) => {
    const { status, result, error } = expected;
    const outcome = doWork(description);
    if (status === 'completed') expect(outcome).toEqual({ status, result });
    else expect(outcome).toEqual({ status, error: expect.stringMatching(new RegExp(`^${error ?? ''}`)) });
  });

  it('refuses an expression that is absurdly long or deep', () => {
    expect(doWork(`calculate ${'('.repeat(2000)}1${')'.repeat(2000)}`)).toMatchObject({ status: 'failed' });
  });

  it('reads no inherited member', () => {
    expect(doWork('get constructor from {"a": 1}')).toMatchObject({ status: 'failed' });
  });
});
