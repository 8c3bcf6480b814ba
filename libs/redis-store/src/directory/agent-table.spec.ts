import type { MalformedAgent } from '@bridge/contracts';
import { createAgentTable, type AgentTable } from './agent-table.ts';
import type { AgentReading } from './read-agents.ts';

const NOW = 1_000_000;
const found = (fields: Record<string, string> = {}, queueLength = 0): AgentReading => ({
  kind: 'found',
  fields: {
    id: 'a',
    type: 'debug',
    capabilities: '[]',
    status: 'active',
    last_heartbeat: 'long ago',
    ...fields,
  },
  queueLength,
});
let malformed: MalformedAgent[];
let table: AgentTable;

beforeEach(() => {
  malformed = [];
  table = createAgentTable({
    parseNaive: () => 0,
    silentMs: 30_000,
    onMalformed: (agent) => malformed.push(agent),
  });
});
const lastSeenAt = (): number | undefined => table.lists().agents[0]?.lastSeenAt;

it('guesses by the heartbeat at first sight, and keeps to that while nothing changes', () => {
  expect(table.take('a', found(), 'looked', NOW)).toBe(true);
  expect(table.take('a', found({}, 7), 'looked', NOW + 1)).toBe(false);
  expect(lastSeenAt()).toBe(0);
});

it.each([
  ['a touch', found(), 'touched'],
  ['a change found by looking', found({ last_heartbeat: 'now' }), 'looked'],
] as const)(
  'takes %s for a sign of life, and for a change after a long silence alone',
  (_, reading, sight) => {
    table.take('a', found(), 'looked', NOW);
    expect(table.take('a', reading, sight, NOW)).toBe(true);
    expect(lastSeenAt()).toBe(NOW);
    expect(table.take('a', found({ last_heartbeat: 'later' }), 'touched', NOW + 30_000)).toBe(false);
    expect(table.take('a', found({ last_heartbeat: 'later' }), 'touched', NOW + 60_001)).toBe(true);
  },
);

it('keeps the last sign of life through a malformed time', () => {
  table.take('a', found(), 'touched', NOW);
  expect(table.take('a', found({ capabilities: 'x' }), 'looked', NOW + 1)).toBe(true);
  expect(table.lists()).toMatchObject({ agents: [], malformed: [{ key: 'agent:a' }] });
  expect(table.take('a', found(), 'looked', NOW + 2)).toBe(true);
  expect(lastSeenAt()).toBe(NOW + 2);
});

it('reports a malformed entry once per reason', () => {
  for (const capabilities of ['x', 'x', 'y']) table.take('a', found({ capabilities }), 'touched', NOW);
  expect(malformed).toHaveLength(1);
  table.take('a', { kind: 'unreadable', reason: 'it is no hash' }, 'touched', NOW);
  expect(malformed.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('capabilities'),
    'it is no hash',
  ]);
});

it('knows a gone agent no more, and an unknown one that is gone is no change', () => {
  table.take('a', found(), 'looked', NOW);
  table.takeQueueLength('a', 3);
  expect(table.lists().agents[0]?.queueLength).toBe(3);
  expect([
    table.take('a', { kind: 'gone' }, 'touched', NOW),
    table.take('a', { kind: 'gone' }, 'touched', NOW),
  ]).toEqual([true, false]);
  table.takeQueueLength('a', 3);
  expect(table.lists()).toEqual({ agents: [], malformed: [] });
});
