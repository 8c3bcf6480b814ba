import type { Message, Part } from '@a2a-js/sdk';
import { Role } from '@a2a-js/sdk';
import type { CoreMessage } from '@bridge/contracts';
import { fromCoreMessage, toCoreMessage } from './messages.ts';
import { fromCorePart, toCorePart } from './parts.ts';

const core: CoreMessage = {
  messageId: 'm-1',
  role: 'user',
  parts: [
    { text: 'Summarise', mediaType: 'text/markdown', metadata: { lang: 'en' } },
    { raw: 'aGVsbG8=', filename: 'hello.txt', mediaType: 'text/plain' },
    { url: 'https://example.org/a.pdf', filename: 'a.pdf', mediaType: 'application/pdf' },
    { data: { skill: 'orchestration', steps: [1, null] } },
  ],
  contextId: 'ctx-1',
  taskId: 'task-1',
  referenceTaskIds: ['task-0'],
  metadata: { skill: 'summary' },
  extensions: ['urn:example:ext'],
};

const sdk: Message = {
  messageId: 'm-1',
  contextId: 'ctx-1',
  taskId: 'task-1',
  role: Role.ROLE_USER,
  parts: [
    {
      content: { $case: 'text', value: 'Summarise' },
      metadata: { lang: 'en' },
      filename: '',
      mediaType: 'text/markdown',
    },
    {
      content: { $case: 'raw', value: Buffer.from('hello') },
      metadata: undefined,
      filename: 'hello.txt',
      mediaType: 'text/plain',
    },
    {
      content: { $case: 'url', value: 'https://example.org/a.pdf' },
      metadata: undefined,
      filename: 'a.pdf',
      mediaType: 'application/pdf',
    },
    {
      content: { $case: 'data', value: { skill: 'orchestration', steps: [1, null] } },
      metadata: undefined,
      filename: '',
      mediaType: '',
    },
  ],
  metadata: { skill: 'summary' },
  extensions: ['urn:example:ext'],
  referenceTaskIds: ['task-0'],
};

describe('messages', () => {
  it('become core messages', () => {
    expect(toCoreMessage(sdk)).toStrictEqual(core);
  });

  it('are made of core messages', () => {
    expect(fromCoreMessage(core)).toStrictEqual(sdk);
  });

  it('leave out in the core what the SDK writes as empty', () => {
    const bare = {
      ...sdk,
      contextId: '',
      taskId: '',
      metadata: undefined,
      extensions: [],
      referenceTaskIds: [],
    };
    const { messageId, role, parts } = core;
    expect(toCoreMessage(bare)).toStrictEqual({ messageId, role, parts });
    expect(fromCoreMessage({ messageId, role, parts })).toStrictEqual(bare);
  });

  it('keep an agent an agent', () => {
    expect(toCoreMessage({ ...sdk, role: Role.ROLE_AGENT }).role).toBe('agent');
    expect(fromCoreMessage({ ...core, role: 'agent' }).role).toBe(Role.ROLE_AGENT);
  });

  it('keep data of any JSON type', () => {
    for (const data of [null, false, 0, '', [], {}]) {
      expect(toCorePart(fromCorePart({ data }))).toStrictEqual({ data });
    }
  });

  it('take null metadata, as some 0.3 clients write it, for none', () => {
    const none = null as unknown as undefined;
    const [part] = sdk.parts;
    const lax = { ...sdk, metadata: none, parts: part === undefined ? [] : [{ ...part, metadata: none }] };
    expect(toCoreMessage(lax)).not.toHaveProperty('metadata');
    expect(toCoreMessage(lax).parts).toStrictEqual([{ text: 'Summarise', mediaType: 'text/markdown' }]);
  });

  it('read plain bytes as well as Buffers', () => {
    const bytes = Uint8Array.from([104, 105]) as Buffer;
    expect(
      toCorePart({
        content: { $case: 'raw', value: bytes },
        metadata: undefined,
        filename: '',
        mediaType: '',
      }),
    ).toStrictEqual({ raw: 'aGk=' });
  });

  it('are not translated unchecked', () => {
    const part: Part = { content: undefined, metadata: undefined, filename: '', mediaType: '' };
    expect(() => toCoreMessage({ ...sdk, role: Role.ROLE_UNSPECIFIED })).toThrow(TypeError);
    expect(() => toCoreMessage({ ...sdk, parts: [part] })).toThrow(TypeError);
    expect(() =>
      toCoreMessage({ ...sdk, parts: [{ ...part, content: { $case: 'data', value: undefined } }] }),
    ).toThrow(TypeError);
  });
});
