import { ReplyOutcome, type Json } from '@bridge/contracts';
import fc from 'fast-check';
import { parseReply } from './reply.ts';

const json = fc.jsonValue() as fc.Arbitrary<Json>;
const status = fc.constantFrom('completed', 'failed', 'input_required', 'auth_required', 'progress', 'odd');
const payload = fc.record(
  { status, result: json, output: json, error: json, message: json, progress: json },
  { requiredKeys: [] },
);
const nearly = fc
  .record(
    {
      id: fc.string(),
      type: fc.constantFrom('task_result', 'task_assignment'),
      from_agent: fc.string(),
      to_agent: fc.string(),
      timestamp: fc.string(),
      payload: fc.oneof({ weight: 5, arbitrary: payload }, json),
      retry_count: fc.oneof(fc.nat(), json),
    },
    { requiredKeys: ['id', 'type', 'from_agent', 'to_agent', 'timestamp'] },
  )
  .map((message) => JSON.stringify(message));
const cut = fc.tuple(nearly, fc.nat()).map(([raw, at]) => raw.slice(0, at % (raw.length + 1)));

describe('parseReply, for any string', () => {
  it('gives an outcome of the contract', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          json.map((value) => JSON.stringify(value)),
          nearly,
          cut,
        ),
        (raw) => {
          const outcome = parseReply(raw);
          expect(ReplyOutcome.parse(outcome)).toStrictEqual(outcome);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('hands any answer on unchanged', () => {
    fc.assert(
      fc.property(
        json.filter((value) => value !== null),
        (result) => {
          const raw = JSON.stringify({
            id: '1',
            type: 'task_result',
            from_agent: 'a',
            to_agent: 'b',
            timestamp: 't',
            payload: { status: 'completed', result },
          });
          expect(parseReply(raw)).toStrictEqual({
            kind: 'completed',
            output: JSON.parse(JSON.stringify(result)) as Json,
          });
        },
      ),
    );
  });
});
