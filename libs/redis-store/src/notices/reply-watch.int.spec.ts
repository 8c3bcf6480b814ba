import { RunId, attemptIdOf, type AttemptId } from '@bridge/contracts';
import { replyListKey } from '@bridge/redis-keys';
import { eventually, useRedis } from '@bridge/test-kit';
import type { Redis } from 'ioredis';
import { closeRedis } from '../client/close-redis.ts';
import { createMailbox } from '../mailbox/create-mailbox.ts';
import { createKeyNotices, type KeyNotices, type KeyNoticesDeps, type NoticesEvent } from './key-notices.ts';
import { openNoticeConnection } from './notice-connection.ts';
import { createReplyWatch, type ReplyWatchEvent } from './reply-watch.ts';

const server = useRedis();
const runId = RunId.parse('00000007-0000-4000-8000-000000000001');
const RESTRICTED = { username: 'restricted', password: 'pw' };
let attempts = 0;
let redis: Redis;

beforeEach(async () => {
  await server.flush();
  redis = server.client();
});

function attempt(): AttemptId {
  attempts += 1;
  return attemptIdOf(runId, attempts.toString(16).padStart(32, '0'));
}
const reply = (attemptId: AttemptId, text = 'r'): Promise<number> =>
  redis.lpush(replyListKey(attemptId), text);

function urlOf(user?: typeof RESTRICTED): string {
  const url = new URL(server.url());
  if (user !== undefined) Object.assign(url, user);
  return url.href;
}

function noticesOf(deps: Partial<KeyNoticesDeps> = {}): { notices: KeyNotices; events: NoticesEvent[] } {
  const events: NoticesEvent[] = [];
  const notices = createKeyNotices({
    url: urlOf(),
    name: 'spec',
    checkMs: 50,
    onEvent: (event) => events.push(event),
    ...deps,
  });
  server.defer(() => notices.stop());
  return { notices, events };
}

interface Setup {
  readonly watch: ReturnType<typeof createReplyWatch>;
  readonly notices: KeyNotices;
  readonly reported: AttemptId[];
  readonly gaps: string[];
  readonly open: Set<AttemptId>;
  readonly events: ReplyWatchEvent[];
}

/** As an engine does it: whatever a gap may have hidden, it looks for itself. */
async function setUp(
  mode: 'auto' | 'tracking' | 'polling',
  deps: Partial<KeyNoticesDeps> = {},
): Promise<Setup> {
  const { notices } = noticesOf(deps);
  const client = server.client();
  const mailbox = await createMailbox({ redis: client });
  const reported: AttemptId[] = [];
  const gaps: string[] = [];
  const open = new Set<AttemptId>();
  const events: ReplyWatchEvent[] = [];
  const watch = createReplyWatch({
    ...(mode === 'polling' ? { mode } : { mode, notices }),
    mailbox,
    openAttempts: () => [...open],
    handlers: {
      onReply: (attemptId) => reported.push(attemptId),
      onGap(reason) {
        gaps.push(reason);
        mailbox.answered([...open]).then(
          (answered) => reported.push(...answered),
          // The server is being killed under it; the next gap looks again.
          (error: unknown) => gaps.push(String(error)),
        );
      },
    },
    onEvent: (event) => events.push(event),
  });
  server.defer(async () => {
    await watch.stop();
    mailbox.stop();
    await closeRedis(client, 0);
  });
  return { watch, notices, reported, gaps, open, events };
}

async function allReported({ reported }: Setup, expected: readonly AttemptId[]): Promise<void> {
  await eventually(
    () => {
      const seen = new Set(reported);
      expect(expected.filter((attemptId) => !seen.has(attemptId))).toEqual([]);
    },
    { what: 'hearing of every reply' },
  );
}

async function connectionId(part: string): Promise<string> {
  const list = String(await redis.client('LIST'));
  const line = list.split('\n').find((each) => each.includes(`name=a2a-bridge:spec:notices-${part}`));
  const id = /^id=(\d+)/.exec(line ?? '')?.[1];
  if (id === undefined) throw new Error(`no connection ${part}`);
  return id;
}

describe.each(['tracking', 'polling'] as const)('a reply watch by %s', (mode) => {
  it('hears of every reply, also of the second one to an attempt', async () => {
    const setup = await setUp(mode);
    await setup.watch.start();
    expect(setup.watch.mode).toBe(mode);
    const all = Array.from({ length: 600 }, attempt);
    for (const attemptId of all) setup.watch.watch(attemptId);
    await Promise.all(all.map((attemptId) => reply(attemptId)));
    await allReported(setup, all);

    const again = all.slice(0, 10);
    setup.reported.length = 0;
    for (const attemptId of again) await reply(attemptId, 'second');
    await allReported(setup, again);
  });

  it('hears of replies that came before it watched, and before it started', async () => {
    const setup = await setUp(mode);
    const [first, second, third] = [attempt(), attempt(), attempt()];
    setup.open.add(first);
    await reply(first);
    await setup.watch.start();
    await allReported(setup, [first]);

    await reply(second);
    setup.watch.watch(second);
    setup.open.add(third);
    await reply(third);
    await allReported(setup, [second, third]);
  });

  it('goes on after everything was flushed', async () => {
    const setup = await setUp(mode);
    await setup.watch.start();
    const [first, second] = [attempt(), attempt()];
    setup.open.add(first).add(second);
    await reply(first);
    await allReported(setup, [first]);
    setup.gaps.length = 0;

    await redis.flushall();
    await eventually(() => setup.gaps.length > 0, { what: 'the gap' });
    await reply(second);
    await allReported(setup, [second]);
  });

  it('goes on after a restart of the server', async () => {
    const setup = await setUp(mode);
    await setup.watch.start();
    const all = Array.from({ length: 50 }, attempt);
    for (const attemptId of all) setup.open.add(attemptId);
    await server.server().restart();
    await Promise.all(all.map((attemptId) => reply(attemptId)));
    await allReported(setup, all);
  });

  it('hears nothing after stop, and leaves no connection', async () => {
    const setup = await setUp(mode);
    await setup.watch.start();
    await Promise.all([setup.watch.stop(), setup.watch.stop()]);
    await setup.notices.stop();
    const attemptId = attempt();
    setup.open.add(attemptId);
    await reply(attemptId);
    await eventually(async () => {
      expect(String(await redis.client('LIST'))).not.toContain('a2a-bridge:spec');
    });
    expect(setup.reported).toEqual([]);
  });
});

describe('tracking', () => {
  it.each(['subscriber', 'tracking'])(
    'loses no reply when its %s connection is killed under load',
    async (part) => {
      const setup = await setUp('tracking', { checkMs: 1_000 });
      await setup.watch.start();
      const all = Array.from({ length: 1_500 }, attempt);
      for (const attemptId of all) setup.open.add(attemptId);
      const before = await connectionId(part);

      const sent: Promise<unknown>[] = [];
      for (const [index, attemptId] of all.entries()) {
        sent.push(reply(attemptId));
        if (index === 500) sent.push(connectionId(part).then((id) => redis.client('KILL', 'ID', Number(id))));
        if (index % 50 === 0) await sent.at(-1);
      }
      await Promise.all(sent);
      await allReported(setup, all);

      expect(await connectionId(part)).not.toBe(before);
      expect(setup.gaps).toContain(`${part} connection ready`);
      const late = attempt();
      await reply(late);
      await allReported(setup, [late]);
    },
  );

  it('finds out that the server does not track any more, and arms again', async () => {
    const connections: Redis[] = [];
    const { notices, events } = noticesOf({
      open: (settings) => {
        const connection = openNoticeConnection(settings);
        connections.push(connection);
        return connection;
      },
    });
    const keys: string[] = [];
    const gaps: string[] = [];
    notices.listen({ onKey: (key) => keys.push(key), onGap: (reason) => gaps.push(reason) });
    expect(await notices.start()).toBe('armed');
    await connections[1]?.call('CLIENT', 'TRACKING', 'OFF');

    await eventually(() => gaps.includes('broken redirect'), { what: 'the gap' });
    await redis.lpush('queue:x', '1');
    await eventually(() => keys.includes('queue:x'), { what: 'the notice' });
    expect(events.filter(({ type }) => type === 'broken-redirect')).toHaveLength(1);
  });

  it('replaces connections that do not answer', async () => {
    const { notices, events } = noticesOf({ timeoutMs: 100 });
    const keys: string[] = [];
    notices.listen({ onKey: (key) => keys.push(key), onGap: () => undefined });
    await notices.start();
    await server.server().kill('SIGSTOP');
    await eventually(() => notices.state() === 'down', { what: 'losing the notices' });
    await server.server().kill('SIGCONT');

    await eventually(() => notices.state() === 'armed', { what: 'having them again' });
    await redis.lpush('queue:x', '1');
    await eventually(() => keys.includes('queue:x'), { what: 'the notice' });
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['armed', 'gap', 'lost', 'armed', 'gap']),
    );
  });

  it('gives up waiting for the first outcome, not arming', async () => {
    await server.server().kill('SIGSTOP');
    const { notices } = noticesOf({ startMs: 50 });
    expect(await notices.start()).toBe('down');
    await server.server().kill('SIGCONT');
    await eventually(() => notices.state() === 'armed', { what: 'arming' });
  });

  it('counts and ignores lists of strangers', async () => {
    const setup = await setUp('tracking');
    await setup.watch.start();
    await redis.lpush('queue:a2a_bridge:somebody', 'x');
    await redis.lpush('queue:a2a_bridge', 'x');
    await redis.lpush('queue:agent', 'x');
    const attemptId = attempt();
    await reply(attemptId);
    await allReported(setup, [attemptId]);
    expect(setup.events).toEqual([{ type: 'stranger', key: 'queue:a2a_bridge:somebody' }]);
    expect(new Set(setup.reported)).toEqual(new Set([attemptId]));
  });
});

describe('auto', () => {
  it.each([
    ['CLIENT TRACKING', '-client|tracking'],
    ['CLIENT TRACKINGINFO', '-client|trackinginfo'],
    ['the channel', 'resetchannels'],
  ])('polls while the server refuses %s, and tracks as soon as it does not', async (_, rule) => {
    await redis.acl('SETUSER', 'restricted', 'reset', 'on', '>pw', '~*', '&*', '+@all', rule);
    const setup = await setUp('auto', { url: urlOf(RESTRICTED), retryMs: 100 });
    await setup.watch.start();
    expect([setup.notices.state(), setup.watch.mode]).toEqual(['refused', 'polling']);

    const all = Array.from({ length: 500 }, attempt);
    for (const attemptId of all) setup.watch.watch(attemptId);
    await Promise.all(all.map((attemptId) => reply(attemptId)));
    await allReported(setup, all);

    await redis.acl('SETUSER', 'restricted', '&*', '+@all');
    await eventually(() => setup.watch.mode === 'tracking', { what: 'tracking' });
    expect(setup.gaps).toContain('retry');
    const unwatched = attempt();
    await reply(unwatched);
    await allReported(setup, [unwatched]);
    expect(setup.events.map((event) => event.type === 'mode' && event.mode)).toEqual(['polling', 'tracking']);
    await setup.notices.stop();
    await redis.acl('DELUSER', 'restricted');
  });

  it('tracking alone refuses to start where it is refused', async () => {
    await redis.acl('SETUSER', 'restricted', 'reset', 'on', '>pw', '~*', '&*', '+@all', '-client|tracking');
    const setup = await setUp('tracking', { url: urlOf(RESTRICTED) });
    await expect(setup.watch.start()).rejects.toMatchObject({ code: 'INTERNAL' });
    await setup.notices.stop();
    await redis.acl('DELUSER', 'restricted');
  });
});
