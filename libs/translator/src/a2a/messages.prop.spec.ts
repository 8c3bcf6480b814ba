import { Message } from '@a2a-js/sdk';
import { CoreMessage, type CorePart, type JsonObject } from '@bridge/contracts';
import fc from 'fast-check';
import { fromCoreMessage, toCoreMessage } from './messages.ts';

const text = fc.string({ minLength: 1, maxLength: 20 });
const object = fc.dictionary(text, fc.jsonValue()) as fc.Arbitrary<JsonObject>;
const extras = { metadata: object, filename: text, mediaType: text };
const raw = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64'));
const partOf = (content: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ ...content, ...extras }, { requiredKeys: Object.keys(content) as never[] });
const part = fc.oneof(
  partOf({ text: fc.string() }),
  partOf({ raw }),
  partOf({ url: fc.webUrl() }),
  partOf({ data: fc.jsonValue() }),
) as fc.Arbitrary<CorePart>;

/** Written in its normal form: what is empty is left out (a listed loss). */
const message = fc.record(
  {
    messageId: text,
    role: fc.constantFrom('user', 'agent'),
    parts: fc.array(part, { minLength: 1, maxLength: 4 }),
    contextId: text,
    taskId: text,
    referenceTaskIds: fc.array(text, { minLength: 1, maxLength: 3 }),
    metadata: object,
    extensions: fc.array(text, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['messageId', 'role', 'parts'] },
) as fc.Arbitrary<CoreMessage>;

const overJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('core -> SDK -> core', () => {
  it('is the identity', () => {
    fc.assert(
      fc.property(message, (core) => {
        expect(toCoreMessage(fromCoreMessage(core))).toEqual(core);
        expect(CoreMessage.safeParse(core).success).toBe(true);
      }),
    );
  });

  it('is the identity over the 1.0 JSON wire, except for a null data part', () => {
    const hasNull = (core: CoreMessage): boolean => core.parts.some((p) => 'data' in p && p.data === null);
    fc.assert(
      fc.property(
        // Minus zero has no JSON form of its own.
        message.map(overJson).filter((core) => !hasNull(core)),
        (core) => {
          const wire = overJson(Message.toJSON(fromCoreMessage(core)));
          expect(toCoreMessage(Message.fromJSON(wire as object))).toEqual(core);
        },
      ),
    );
  });

  it('writes core parts as they are: they are the parts of the 1.0 wire', () => {
    fc.assert(
      fc.property(message.map(overJson), (core) => {
        const wire = overJson(Message.toJSON(fromCoreMessage(core))) as { parts: unknown };
        expect(wire.parts).toEqual(core.parts);
      }),
    );
  });
});
