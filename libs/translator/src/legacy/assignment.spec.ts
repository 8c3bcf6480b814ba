import { RunId, TaskMessage, attemptIdOf, replyNameOf } from '@bridge/contracts';
import { encodeAssignment, type Assignment } from './assignment.ts';

const runId = RunId.parse('0a1b2c3d-0000-4000-8000-000000000001');
const attemptId = attemptIdOf(runId, '00112233445566778899aabbccddeeff');
const assignment: Assignment = {
  attemptId,
  agent: 'debug-worker',
  replyName: replyNameOf(attemptId),
  contextId: 'ctx-1',
  description: 'Summarise the notes',
  timeoutMs: 30_000,
  nowMs: Date.parse('2026-11-22T21:25:23.026Z') + 0.822,
  timeZone: 'UTC',
};

describe('encodeAssignment', () => {
  it('writes these bytes for a plain attempt', () => {
    expect(encodeAssignment(assignment)).toBe(
      '{"id": "a2a_task_00112233445566778899aabbccddeeff", "type": "task_assignment", ' +
        '"from_agent": "a2a_bridge:p61.0a1b2c3d-0000-4000-8000-000000000001.00112233445566778899aabbccddeeff", ' +
        '"to_agent": "debug-worker", "timestamp": "2026-11-22T21:25:23.026822", ' +
        '"payload": {"description": "Summarise the notes", "context_id": "ctx-1", "timeout": 30.0, ' +
        '"task_id": "a2a_task_00112233445566778899aabbccddeeff"}, "retry_count": 0}',
    );
  });

  it('puts parent, then ours, behind what the old bridge writes', () => {
    const message = TaskMessage.parse(
      JSON.parse(
        encodeAssignment({
          ...assignment,
          parent: assignment.replyName,
          parts: [{ data: { a: 1 } }],
          input: { step_0: 'out' },
          history: [{ messageId: 'm0', role: 'user', parts: [{ text: 'before' }] }],
        }),
      ),
    );
    expect(Object.entries(message.payload)).toStrictEqual([
      ['description', 'Summarise the notes'],
      ['context_id', 'ctx-1'],
      ['timeout', 30],
      ['task_id', 'a2a_task_00112233445566778899aabbccddeeff'],
      ['parent', assignment.replyName],
      ['parts', [{ data: { a: 1 } }]],
      ['input', { step_0: 'out' }],
      ['history', [{ messageId: 'm0', role: 'user', parts: [{ text: 'before' }] }]],
    ]);
  });

  it('says nothing of empty lists, but keeps an input that is null', () => {
    const bytes = encodeAssignment({ ...assignment, parts: [], history: [], input: null });
    expect(bytes).toContain('"task_id": "a2a_task_00112233445566778899aabbccddeeff", "input": null}, ');
  });

  it('writes local time of the legacy zone', () => {
    expect(encodeAssignment({ ...assignment, timeZone: 'Asia/Kolkata' })).toContain(
      '"timestamp": "2026-11-23T02:55:23.026822"',
    );
  });

  it('keeps the description as it is, in ASCII', () => {
    expect(encodeAssignment({ ...assignment, description: 'Grüße\n"😀"' })).toContain(
      '"description": "Gr\\u00fc\\u00dfe\\n\\"\\ud83d\\ude00\\""',
    );
  });

  it('writes part of a second as a fraction', () => {
    expect(encodeAssignment({ ...assignment, timeoutMs: 1500 })).toContain('"timeout": 1.5, ');
  });
});
