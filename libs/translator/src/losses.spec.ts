import { readFileSync } from 'node:fs';
import { Message, StreamResponse, Task } from '@a2a-js/sdk';
import { legacyPushNotificationToV1StreamResponse } from '@a2a-js/sdk/compat/v0_3';
import { V03PushNotificationSerializer } from '@a2a-js/sdk/compat/v0_3/server';
import { StepId, type CorePart, type CoreTask, type Json, type VisibleEvent } from '@bridge/contracts';
import { checkMessage } from './a2a/check.ts';
import { toCoreMessage } from './a2a/messages.ts';
import { fromCoreTask, fromVisibleEvent } from './a2a/tasks.ts';
import { parseNaive, toNaive } from './legacy/naive-time.ts';
import { pythonJson } from './legacy/python-json.ts';
import { parseReply } from './legacy/reply.ts';

/* One test for each line of "What is lost" in docs/reference/translation.md. A loss that is not listed is a fault. */

const wire = (changes: object): Message =>
  Message.fromJSON({ messageId: 'm', role: 'ROLE_USER', parts: [{ text: 'x' }], ...changes });
const partsOf = (parts: object[]): readonly CorePart[] => toCoreMessage(wire({ parts })).parts;
const replyOf = (payload: string): ReturnType<typeof parseReply> =>
  parseReply(
    `{"id": "1", "type": "task_result", "from_agent": "a", "to_agent": "b", "timestamp": "t", "payload": ${payload}}`,
  );

describe('the list of losses', () => {
  it('is the list of these tests', () => {
    const idsIn = (path: string, pattern: RegExp): string[] => {
      const text = readFileSync(new URL(path, import.meta.url), 'utf8');
      return [...text.matchAll(pattern)].map(([, id = '']) => id);
    };
    const listed = idsIn('../../../docs/reference/translation.md', /^- \*\*([A-E]\d)\*\* /gm);
    // The lines on cards (C) and on the description (D1) name the files of their tests.
    expect(idsIn('losses.spec.ts', /^ {2}it\('([A-E]\d) /gm)).toStrictEqual(
      listed.filter((id) => !id.startsWith('C') && id !== 'D1'),
    );
    expect(listed).toHaveLength(24);
  });
});

describe('lost from A2A to the core', () => {
  it('A1 the difference between empty and absent', () => {
    const empty = wire({ contextId: '', taskId: '', extensions: [], referenceTaskIds: [] });
    expect(toCoreMessage(empty)).toStrictEqual(toCoreMessage(wire({})));
    expect(partsOf([{ text: 'x', filename: '', mediaType: '' }])).toStrictEqual([{ text: 'x' }]);
  });

  it('A2 data that is null in 1.0 JSON: the SDK sees no content, so it is refused', () => {
    expect(checkMessage(wire({ parts: [{ data: null }] }))).toMatchObject({ code: 'REQUEST_MALFORMED' });
    const { payload } = legacyPushNotificationToV1StreamResponse({
      kind: 'message',
      messageId: 'm',
      role: 'user',
      parts: [{ kind: 'data', data: { value: null }, metadata: { data_part_compat: true } }],
    });
    const of03 = payload?.$case === 'message' ? payload.value : undefined;
    expect(checkMessage(of03)).toBeNull();
    expect(of03 && toCoreMessage(of03).parts).toStrictEqual([{ data: null }]);
  });

  it('A3 all but the first content of a part that has several', () => {
    expect(partsOf([{ data: { a: 1 }, url: 'https://example.org', text: 'x' }])).toStrictEqual([
      { text: 'x' },
    ]);
  });

  it('A4 the spelling of base64', () => {
    expect(partsOf([{ raw: '-_-_' }, { raw: 'aGk' }])).toStrictEqual([{ raw: '+/+/' }, { raw: 'aGk=' }]);
  });

  it('A5 digits of numbers beyond what a double holds', () => {
    const data = JSON.parse('[9007199254740993, 1.0]') as Json;
    expect(JSON.stringify(partsOf([{ data }]))).toBe('[{"data":[9007199254740992,1]}]');
  });

  it('A6 members that the protocol does not have', () => {
    expect(toCoreMessage(wire({ color: 'red' }))).toStrictEqual(toCoreMessage(wire({})));
  });
});

describe('lost from the core to A2A', () => {
  const task: CoreTask = {
    taskId: 't',
    contextId: 'c',
    status: { state: 'working', at: 1.75 },
    artifacts: [],
    history: [],
    number: 41,
  };
  const artifact = (parts: CorePart[]): VisibleEvent => ({
    type: 'artifact',
    at: 5,
    stepId: StepId.parse('step-7'),
    artifact: { artifactId: 'r', parts },
  });
  const parts03 = (parts: CorePart[]): unknown => {
    const { body } = new V03PushNotificationSerializer().serialize(
      fromVisibleEvent('t', 'c', artifact(parts)),
    );
    const event = (typeof body === 'string' ? JSON.parse(body) : body) as { artifact: { parts: unknown } };
    return event.artifact.parts;
  };

  it('B1 parts of a millisecond', () => {
    expect(fromCoreTask(task).status?.timestamp).toBe('1970-01-01T00:00:00.001Z');
  });

  it('B2 the number of an event and of a snapshot: it travels as the SSE id', () => {
    expect(JSON.stringify(Task.toJSON(fromCoreTask(task)))).not.toContain('41');
  });

  it('B3 the step and the time of an artifact event', () => {
    const json = JSON.stringify(StreamResponse.toJSON(fromVisibleEvent('t', 'c', artifact([{ text: 'x' }]))));
    expect(json).not.toContain('step-7');
    expect(json).not.toContain('1970');
  });

  it('B4 in 0.3: media type and file name of text and data parts', () => {
    expect(
      parts03([
        { text: 'x', mediaType: 'text/markdown', filename: 'x.md' },
        { data: { a: 1 }, mediaType: 'application/json' },
      ]),
    ).toStrictEqual([
      { kind: 'text', text: 'x' },
      { kind: 'data', data: { a: 1 } },
    ]);
  });

  it('B5 in 0.3: that data is no object; it is wrapped and marked', () => {
    expect(parts03([{ data: [1, 2] }])).toStrictEqual([
      { kind: 'data', data: { value: [1, 2] }, metadata: { data_part_compat: true } },
    ]);
  });
});

describe('lost from the core to the legacy wire', () => {
  it('D2 whether a number was written 1 or 1.0, and whole numbers beyond 2^53 become floats', () => {
    expect(pythonJson(JSON.parse('[1.0, 1, 12345678901234567890]') as Json)).toBe(
      '[1, 1, 1.2345678901234567e+19]',
    );
  });

  it('D3 the order of members whose names are whole numbers', () => {
    expect(pythonJson(JSON.parse('{"b": 1, "10": 2, "9": 3}') as Json)).toBe('{"9": 3, "10": 2, "b": 1}');
  });

  it('D4 which of the two it was, in the hour that a clock set back runs through twice', () => {
    const [first, second] = [Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 1, 30)];
    expect(toNaive(second, 'Europe/Berlin')).toBe(toNaive(first, 'Europe/Berlin'));
    expect(parseNaive(toNaive(second, 'Europe/Berlin'), 'Europe/Berlin')).toBe(first);
  });
});

describe('lost from the legacy wire to the core', () => {
  it('E1 every field of a payload but those of its status', () => {
    expect(
      replyOf('{"status": "completed", "result": "x", "processing_time": 5.0, "processed_by": "a"}'),
    ).toStrictEqual({
      kind: 'completed',
      output: 'x',
    });
  });

  it('E2 NaN and the infinities, which Python writes and JSON has not', () => {
    expect(replyOf('{"status": "completed", "result": NaN}')).toStrictEqual({
      kind: 'malformed',
      reason: 'not JSON',
    });
  });

  it('E3 digits beyond a double, and whether a number was an int or a float', () => {
    expect(JSON.stringify(replyOf('{"status": "completed", "result": [1.0, 12345678901234567890]}'))).toBe(
      '{"kind":"completed","output":[1,12345678901234567000]}',
    );
  });

  it('E4 an answer that is null', () => {
    expect(replyOf('{"status": "completed", "result": null}').kind).toBe('malformed');
  });

  it('E5 the structure of an error: it becomes its JSON text', () => {
    expect(replyOf('{"status": "failed", "error": {"code": 5}}')).toStrictEqual({
      kind: 'failed',
      error: '{"code":5}',
    });
  });

  it('E6 an answer nested deeper than 200 levels', () => {
    const deep = `${'['.repeat(201)}${']'.repeat(201)}`;
    expect(replyOf(`{"status": "completed", "result": ${deep}}`).kind).toBe('malformed');
  });
});
