import { ANONYMOUS, RunId, type CoreMessage } from '@bridge/contracts';
import { bodyHashOf, contextIdOf, taskIdOf } from './identity.ts';

const secret = 'ab'.repeat(32);
const alice = { tenant: 'default', principal: 'alice' };
const message: CoreMessage = { messageId: 'm', role: 'user', parts: [{ text: 'hi' }] };

describe('bodyHashOf', () => {
  it('is the SHA-256 of the canonical body, for ever', () => {
    expect(bodyHashOf(message)).toBe('1b4617e8accc058615ff114820ba7fb53684cb1e949f610c14cbb9c87373511d');
  });

  it('is the same for another messageId, extensions, order of members, or empty metadata', () => {
    const same: CoreMessage = {
      extensions: ['urn:x'],
      parts: [{ text: 'hi' }],
      metadata: {},
      referenceTaskIds: [],
      role: 'user',
      messageId: 'other',
    };
    expect(bodyHashOf(same)).toBe(bodyHashOf(message));
  });

  it.each<Partial<CoreMessage>>([
    { parts: [{ text: 'ho' }] },
    { parts: [{ text: 'hi' }, { text: '' }] },
    { role: 'agent' },
    { metadata: { a: 1 } },
    { contextId: 'c' },
    { taskId: 't' },
    { referenceTaskIds: ['r'] },
  ])('differs with %j', (change) => {
    expect(bodyHashOf({ ...message, ...change })).not.toBe(bodyHashOf(message));
  });
});

describe('taskIdOf', () => {
  it('is a run id, and the same for the same three', () => {
    const id = taskIdOf(secret, alice, 'm', 'hash');
    expect(RunId.parse(id)).toBe(id);
    expect(taskIdOf(secret, alice, 'm', 'other hash')).toBe(id);
  });

  it('differs by secret, tenant, principal and messageId, also where their texts run together', () => {
    const ids = [
      taskIdOf(secret, alice, 'm', 'h'),
      taskIdOf('cd'.repeat(32), alice, 'm', 'h'),
      taskIdOf(secret, { ...alice, tenant: 'other' }, 'm', 'h'),
      taskIdOf(secret, { ...alice, principal: 'bob' }, 'm', 'h'),
      taskIdOf(secret, alice, 'n', 'h'),
      taskIdOf(secret, { tenant: 'default', principal: 'alicem' }, '', 'h'),
      taskIdOf(secret, { tenant: 'defaultalice', principal: '' }, 'm', 'h'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('for anonymous the body counts: two strangers with one messageId do not meet', () => {
    const anonymous = { tenant: 'default', principal: ANONYMOUS };
    expect(taskIdOf(secret, anonymous, '1', 'a')).not.toBe(taskIdOf(secret, anonymous, '1', 'b'));
    expect(taskIdOf(secret, anonymous, '1', 'a')).toBe(taskIdOf(secret, anonymous, '1', 'a'));
  });
});

it('a context id follows from the task id and is not it', () => {
  const id = taskIdOf(secret, alice, 'm', 'h');
  expect(contextIdOf(secret, id)).toBe(contextIdOf(secret, id));
  expect(contextIdOf(secret, id)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(contextIdOf(secret, id)).not.toBe(id);
});
