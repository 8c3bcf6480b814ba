import { readJob } from './read-job.ts';

const runId = '00000000-0000-4000-8000-000000000001';

describe('readJob', () => {
  it('reads what fits the schema of its queue', () => {
    expect(readJob('run-wakeups', { schemaVersion: 1, runs: [runId] })).toEqual({
      kind: 'job',
      payload: { schemaVersion: 1, runs: [runId] },
    });
  });

  it('leaves a newer version alone, whatever it looks like', () => {
    expect(readJob('run-wakeups', { schemaVersion: 2, anything: true })).toEqual({
      kind: 'newer',
      schemaVersion: 2,
    });
  });

  it.each([
    [{ schemaVersion: 1, runs: ['canary'] }],
    [{ schemaVersion: 1, runs: [] }],
    [{ schemaVersion: 0, runs: [runId] }],
    [{ schemaVersion: '2', runs: [runId] }],
    [{ runs: [runId] }],
    ['canary'],
    [null],
    [undefined],
  ])('refuses %j and says where, not what', (data) => {
    const read = readJob('run-wakeups', data);
    expect(read.kind).toBe('malformed');
    expect(JSON.stringify(read)).not.toContain('canary');
  });
});
