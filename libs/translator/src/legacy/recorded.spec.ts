import { readFileSync, readdirSync } from 'node:fs';
import { TaskMessage, type Json } from '@bridge/contracts';
import { writeAssignment } from './assignment.ts';
import { parseNaive, toNaive } from './naive-time.ts';
import { pythonJson } from './python-json.ts';
import { parseReply } from './reply.ts';

/* Every value of fixtures/legacy-wire: what the Python classes wrote, byte for byte. */

interface Scenario {
  readonly scenario: string;
  readonly wire: readonly (readonly string[])[];
  readonly state: readonly {
    readonly key: string;
    readonly value: string | string[] | Record<string, string>;
  }[];
}

const folder = new URL('../../fixtures/legacy-wire/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
const scenariosOf = (file: string): Scenario[] =>
  readFileSync(new URL(file, folder), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Scenario);
const recorded = files.flatMap((file) => scenariosOf(file).map((scenario) => ({ file, ...scenario })));

/** Each write of a command, as (key, field or '', value). */
function* writes(scenario: Scenario): Generator<{ key: string; field: string; value: string }> {
  for (const [command, key = '', ...rest] of scenario.wire) {
    if (command === 'LPUSH') for (const value of rest) yield { key, field: '', value };
    if (command === 'SETEX') yield { key, field: '', value: rest[1] ?? '' };
    if (command === 'HSET')
      for (let i = 0; i < rest.length; i += 2) yield { key, field: rest[i] ?? '', value: rest[i + 1] ?? '' };
  }
  for (const { key, value } of scenario.state) {
    if (typeof value === 'string') yield { key, field: '', value };
    else if (Array.isArray(value)) for (const element of value) yield { key, field: '', value: element };
    else for (const [field, text] of Object.entries(value)) yield { key, field, value: text };
  }
}

const all = recorded.flatMap((scenario) =>
  [...writes(scenario)].map((write) => ({ file: scenario.file, ...write })),
);
const elements = all.filter(({ key }) => key.startsWith('queue:')).map(({ value }) => value);
const messages = elements.map((raw) => ({ raw, message: TaskMessage.parse(JSON.parse(raw)) }));
const assignments = messages.filter(({ message }) => message.type === 'task_assignment');
const results = messages.filter(({ message }) => message.type === 'task_result');

describe('the recorded wire', () => {
  it('is there: nine files, and each kind of value in them', () => {
    expect(files).toHaveLength(9);
    expect(recorded).toHaveLength(28);
    expect(assignments.length).toBeGreaterThan(15);
    expect(results.length).toBeGreaterThan(10);
  });

  it('holds lists of exactly the seven fields, in their order', () => {
    for (const { message } of messages) {
      expect(Object.keys(message)).toStrictEqual([
        'id',
        'type',
        'from_agent',
        'to_agent',
        'timestamp',
        'payload',
        'retry_count',
      ]);
    }
  });

  it('has naive times that we read and write back to the microsecond, in any zone', () => {
    const fields = new Set(['last_heartbeat', 'created_at', 'completed_at', 'failed_at']);
    const times = [
      ...messages.map(({ message }) => message.timestamp),
      ...all.filter(({ field }) => fields.has(field)).map(({ value }) => value),
    ];
    expect(times.length).toBeGreaterThan(50);
    for (const text of times) {
      for (const zone of ['UTC', 'America/New_York', 'Asia/Kolkata']) {
        const ms = parseNaive(text, zone);
        expect(ms).not.toBeNull();
        expect(toNaive(ms ?? NaN, zone)).toBe(text);
      }
    }
  });

  it('has JSON that our writer repeats byte for byte', () => {
    const jsonFields = new Set(['', 'capabilities', 'steps', 'results']);
    const texts = all.filter(({ field }) => jsonFields.has(field)).map(({ value }) => value);
    expect(texts.length).toBeGreaterThan(60);
    for (const text of texts) {
      // `30.0` reads as 30; that this one member is a float is what writeAssignment knows.
      const floats = /"timeout": \d+\.0\b/g;
      expect(pythonJson(JSON.parse(text) as Json)).toBe(
        text.replace(floats, (match) => match.slice(0, -'.0'.length)),
      );
    }
  });

  it('has registrations and workflows whose JSON fields we read', () => {
    const parsed = (wanted: string): unknown[] =>
      all.filter(({ field }) => field === wanted).map(({ value }) => JSON.parse(value) as unknown);
    expect(parsed('capabilities').length).toBeGreaterThan(10);
    for (const capabilities of parsed('capabilities')) expect(typeof capabilities).toBe('object');
    for (const steps of parsed('steps')) expect(Array.isArray(steps)).toBe(true);
    for (const outcome of parsed('results')) expect(Array.isArray(outcome)).toBe(false);
  });

  it("repeats the old bridge's assignments byte for byte from their field values", () => {
    const bridge = assignments.filter(({ message }) => message.from_agent === 'a2a_bridge');
    expect(bridge.length).toBeGreaterThan(12);
    for (const { raw, message } of bridge) {
      const { description, context_id, timeout, task_id, parent } = message.payload;
      expect(task_id).toBe(message.id);
      expect(
        writeAssignment({
          taskId: message.id,
          fromAgent: message.from_agent,
          toAgent: message.to_agent,
          timestamp: toNaive(parseNaive(message.timestamp, 'Europe/Berlin') ?? NaN, 'Europe/Berlin'),
          description: description as string,
          contextId: context_id as string,
          timeoutMs: (timeout as number) * 1000,
          parent: parent as string | undefined,
        }),
      ).toBe(raw);
    }
  });

  it('has results that all parse as the answer the agent gave', () => {
    for (const { raw, message } of results) {
      const { result, output } = message.payload;
      expect(parseReply(raw)).toStrictEqual({ kind: 'completed', output: result ?? output });
    }
  });

  it.each([
    ['result-debug-worker.jsonl', /^Processed by debug-worker: /],
    ['result-test-worker.jsonl', /^Processed: Summarise the notes$/],
    ['result-sonnet.jsonl', /^(Processed 3-word task: |Task completed by sonnet-1$)/],
    ['result-subagent.jsonl', /^Specialized (processing complete: |task completed by sub-1$)/],
  ])('%s: every reply has the text of that agent', (file, text) => {
    const raws = all.filter((write) => write.file === file && write.value.includes('"task_result"'));
    expect(raws.length).toBeGreaterThan(0);
    for (const { value } of raws) {
      expect(parseReply(value)).toStrictEqual({
        kind: 'completed',
        output: expect.stringMatching(text) as unknown,
      });
    }
  });

  it('calls an assignment that strayed into a reply list malformed', () => {
    for (const { raw } of assignments) {
      expect(parseReply(raw)).toStrictEqual({
        kind: 'malformed',
        reason: 'type: not what a task_result has',
      });
    }
  });
});
