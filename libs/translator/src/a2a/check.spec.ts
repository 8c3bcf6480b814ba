import { Message, Role, type Part } from '@a2a-js/sdk';
import { checkHistoryLength, checkMessage } from './check.ts';

const part: Part = {
  content: { $case: 'text', value: 'hi' },
  metadata: undefined,
  filename: '',
  mediaType: '',
};
const message: Message = {
  messageId: 'm-1',
  contextId: '',
  taskId: '',
  role: Role.ROLE_USER,
  parts: [part],
  metadata: undefined,
  extensions: [],
  referenceTaskIds: [],
};
const refused = (text: string) => ({ code: 'REQUEST_MALFORMED', message: text });

describe('checkMessage', () => {
  it('lets a whole message through', () => {
    expect(checkMessage(message)).toBeNull();
    expect(checkMessage({ ...message, role: Role.ROLE_AGENT })).toBeNull();
    expect(
      checkMessage({ ...message, parts: [{ ...part, content: { $case: 'text', value: '' } }] }),
    ).toBeNull();
    expect(
      checkMessage({ ...message, parts: [{ ...part, content: { $case: 'data', value: null } }] }),
    ).toBeNull();
    expect(checkMessage({ ...message, messageId: 'x'.repeat(256) })).toBeNull();
  });

  it.each([
    ['no message', undefined, 'message is missing'],
    ['no id', { ...message, messageId: '' }, 'message.messageId is missing'],
    [
      'a long id',
      { ...message, messageId: 'x'.repeat(257) },
      'message.messageId is longer than 256 characters',
    ],
    [
      'a long context',
      { ...message, contextId: 'x'.repeat(257) },
      'message.contextId is longer than 256 characters',
    ],
    ['a long task', { ...message, taskId: 'x'.repeat(257) }, 'message.taskId is longer than 256 characters'],
    ['no role', { ...message, role: Role.ROLE_UNSPECIFIED }, 'message.role is missing or unknown'],
    ['an odd role', { ...message, role: Role.UNRECOGNIZED }, 'message.role is missing or unknown'],
    ['no parts', { ...message, parts: [] }, 'message.parts is empty'],
    [
      'an empty part',
      { ...message, parts: [part, { ...part, content: undefined }] },
      'message.parts[1] has none of text, raw, url, data',
    ],
    [
      'data of nothing',
      { ...message, parts: [{ ...part, content: { $case: 'data' as const, value: undefined } }] },
      'message.parts[0] has none of text, raw, url, data',
    ],
  ])('refuses %s', (_name, value, text) => {
    expect(checkMessage(value)).toStrictEqual(refused(text));
  });

  it.each([
    [{}, 'message.messageId is missing'],
    [{ messageId: 'm' }, 'message.role is missing or unknown'],
    [{ messageId: 'm', role: 'ROLE_CLERK' }, 'message.role is missing or unknown'],
    [{ messageId: 'm', role: 'ROLE_USER' }, 'message.parts is empty'],
    [{ messageId: 'm', role: 'ROLE_USER', parts: [{}] }, 'message.parts[0] has none of text, raw, url, data'],
  ])('refuses what the SDK lets through: %j', (wire, text) => {
    expect(checkMessage(Message.fromJSON(wire))).toStrictEqual(refused(text));
  });
});

describe('checkHistoryLength', () => {
  it.each([undefined, 0, 1, 1000])('lets %p through', (value) => {
    expect(checkHistoryLength(value)).toBeNull();
  });

  it.each([-1, 1.5, NaN, Infinity])('refuses %p', (value) => {
    expect(checkHistoryLength(value)).toStrictEqual(refused('historyLength is not a whole number from 0 on'));
  });
});
