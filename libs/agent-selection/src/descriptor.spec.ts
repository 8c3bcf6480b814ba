import { readFileSync } from 'node:fs';
import { isMalformedAgent, toAgentDescriptor, type SeenAgent } from './descriptor.ts';

const NOW = Date.parse('2026-11-22T22:00:00Z');
const seen: SeenAgent = {
  queueLength: 2,
  seenAt: null,
  now: NOW,
  parseNaive: (text) => {
    const at = Date.parse(`${text}Z`);
    return Number.isNaN(at) ? null : at;
  },
};
const fields = {
  id: 'w',
  type: 'debug',
  capabilities: '["testing"]',
  status: 'active',
  last_heartbeat: '2026-11-22T21:25:19.660843',
};
const without = (name: keyof typeof fields) =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));

interface Recorded {
  readonly state: readonly { readonly key: string; readonly value: Readonly<Record<string, string>> }[];
}
const fixture = new URL('../../translator/fixtures/legacy-wire/', import.meta.url);
const recorded = (file: string) =>
  readFileSync(new URL(file, fixture), 'utf8')
    .trim()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as Recorded).state);

describe('recorded registrations', () => {
  it('are all read', () => {
    const read = recorded('register.jsonl').map(({ key, value }) => toAgentDescriptor(key, value, seen));
    expect(read.filter(isMalformedAgent)).toEqual([]);
    expect(read).toMatchObject([
      { id: 'opus-master', type: 'opus', capabilities: ['coordination', 'task_breakdown', 'management'] },
      { id: 'sonnet-1', type: 'sonnet', capabilities: ['implementation', 'coding', 'analysis'] },
      { id: 'sonnet-1-sub-1', type: 'subagent', capabilities: ['specialized_task', 'focused_work'] },
      { id: 'debug-worker', type: 'debug', capabilities: ['testing'] },
      { id: 'test-worker', type: 'test', capabilities: ['task_execution', 'testing'] },
      { id: 'test_agent_1', type: 'test', capabilities: ['test'] },
      { id: 'worker_x', type: 'worker', capabilities: ['task_execution', 'frontend'] },
    ]);
  });

  it('lists the half registration that a heartbeat after deletion leaves', () => {
    const [, gone] = recorded('heartbeat.jsonl');
    expect(toAgentDescriptor('agent:gone', gone?.value ?? {}, seen)).toEqual({
      key: 'agent:gone',
      reason: 'status is missing (half a registration)',
    });
  });
});

describe('when it was seen', () => {
  it('is the heartbeat at first sight', () => {
    expect(toAgentDescriptor('agent:w', fields, seen)).toMatchObject({
      lastSeenAt: Date.parse('2026-11-22T21:25:19.660Z'),
      queueLength: 2,
    });
  });
  it('is what we saw ourselves afterwards', () => {
    expect(toAgentDescriptor('agent:w', fields, { ...seen, seenAt: 7 })).toMatchObject({ lastSeenAt: 7 });
  });
  it('is never in the future', () => {
    expect(
      toAgentDescriptor('agent:w', { ...fields, last_heartbeat: '2026-11-23T09:00:00' }, seen),
    ).toMatchObject({ lastSeenAt: NOW });
  });
  it('honours a zone where one is given', () => {
    expect(
      toAgentDescriptor('agent:w', { ...fields, last_heartbeat: '2026-11-22T21:25:19.660843+02:00' }, seen),
    ).toMatchObject({
      lastSeenAt: Date.parse('2026-11-22T19:25:19.660Z'),
    });
  });
});

describe('capabilities', () => {
  it.each([
    ['{"a": true, "b": false, "c": 0, "d": 0.1}', ['a', 'd']],
    ['[]', []],
    ['{}', []],
  ])('%s', (capabilities, expected) => {
    expect(toAgentDescriptor('agent:w', { ...fields, capabilities }, seen)).toMatchObject({
      capabilities: expected,
    });
  });
  it.each(['testing', '"testing"', '7', 'null', '[1]', '{"a": "yes"}', ''])(
    '%j is malformed',
    (capabilities) => {
      expect(toAgentDescriptor('agent:w', { ...fields, capabilities }, seen)).toMatchObject({
        reason: expect.stringContaining('capabilities'),
      });
    },
  );
});

it.each([
  ['agent:w', without('status'), 'status'],
  ['agent:w', without('last_heartbeat'), 'last_heartbeat'],
  ['agent:w', { ...fields, last_heartbeat: 'yesterday' }, 'last_heartbeat'],
  ['agent:', without('id'), 'id is empty'],
])('%s %j is malformed', (key, hash, reason) => {
  expect(toAgentDescriptor(key, hash, seen)).toEqual({ key, reason: expect.stringContaining(reason) });
});

it('takes the id from the key and tolerates a registration without type or capabilities', () => {
  const bare = { status: 'active', last_heartbeat: fields.last_heartbeat };
  expect(toAgentDescriptor('agent:x:y', bare, seen)).toMatchObject({
    id: 'x:y',
    type: 'unknown',
    capabilities: [],
  });
});
