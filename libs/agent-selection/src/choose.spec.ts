import { choose, type Candidate, type ChooseOptions, type Requirements } from './choose.ts';
import type { Traits } from './traits.ts';

const NOW = 1_000_000;

function agent(id: string, over: Partial<Candidate> = {}): Candidate {
  return {
    id,
    type: 'debug',
    capabilities: ['testing'],
    status: 'active',
    lastSeenAt: NOW,
    queueLength: 0,
    inFlight: 0,
    breakerState: 'closed',
    ...over,
  };
}

const options = (over: Partial<ChooseOptions> = {}): ChooseOptions => ({
  now: NOW,
  random: () => 0,
  maxInFlight: 8,
  freshForMs: () => 60_000,
  ...over,
});

const pick = (
  requirements: Partial<Requirements>,
  candidates: Candidate[],
  over: Partial<ChooseOptions> = {},
) => choose({ description: 'say hello', ...requirements }, candidates, options(over));

const chosen = (...args: Parameters<typeof pick>): string | undefined => {
  const choice = pick(...args);
  return choice.kind === 'chosen' ? choice.agent.id : undefined;
};

describe('without a requirement', () => {
  it('holds when nobody is registered: agents come and go', () => {
    expect(pick({}, [])).toEqual({ kind: 'hold', code: 'AGENTS_BUSY', reason: 'no agent is registered' });
  });

  it('takes the agent with the least work before it', () => {
    expect(
      chosen({}, [
        agent('a', { queueLength: 3 }),
        agent('b', { inFlight: 2 }),
        agent('c', { queueLength: 4 }),
      ]),
    ).toBe('b');
  });

  it('does not count our queued items twice', () => {
    expect(chosen({}, [agent('a', { queueLength: 3, inFlight: 3 }), agent('b', { queueLength: 4 })])).toBe(
      'a',
    );
  });

  it('draws two among equals and takes the one with fewer of our items', () => {
    const equals = [
      agent('a', { queueLength: 2, inFlight: 2 }),
      agent('b', { queueLength: 2 }),
      agent('c', { queueLength: 2, inFlight: 1 }),
    ];
    const draws = [0, 0.6];
    expect(chosen({}, equals, { random: () => draws.shift() ?? 0 })).toBe('c');
    expect(chosen({}, equals, { random: () => 0 })).toBe('b');
  });

  it('spreads equals', () => {
    const equals = ['a', 'b', 'c', 'd'].map((id) => agent(id));
    const seen = new Set([0, 0.3, 0.55, 0.8].map((value) => chosen({}, equals, { random: () => value })));
    expect(seen).toEqual(new Set(['a', 'b', 'c', 'd']));
  });

  it.each([
    ['inactive', { status: 'stopped' }],
    ['stale', { lastSeenAt: NOW - 60_001 }],
    ['breaker open', { breakerState: 'open' as const }],
    ['busy', { inFlight: 8 }],
  ])('holds while the only agent is %s', (word, over) => {
    expect(pick({}, [agent('a', over)])).toMatchObject({
      kind: 'hold',
      reason: expect.stringContaining(`1 ${word}`),
    });
    expect(pick({ agent: 'a' }, [agent('a', over)])).toMatchObject({ kind: 'hold' });
  });

  it("still takes an agent seen just within its type's window, and one whose breaker probes", () => {
    expect(chosen({}, [agent('a', { lastSeenAt: NOW - 60_000, breakerState: 'half-open' })])).toBe('a');
    expect(
      chosen({}, [agent('a', { lastSeenAt: NOW - 60_000 })], {
        freshForMs: (type) => (type === 'debug' ? 1 : 1e9),
      }),
    ).toBeUndefined();
  });
});

describe('preferences', () => {
  it('prefers a fitting type over a short wait, not over a long one', () => {
    const sub = (load: number) => [
      agent('plain'),
      agent('fits', { capabilities: ['analysis'], queueLength: load }),
    ];
    expect(chosen({ preferredType: 'analysis' }, sub(3))).toBe('fits');
    expect(chosen({ preferredType: 'analysis' }, sub(5))).toBe('plain');
  });

  it('goes on where the work began, and says so', () => {
    const choice = pick({ preferredAgent: 'b' }, [agent('a'), agent('b', { queueLength: 20 })]);
    expect(choice).toMatchObject({
      kind: 'chosen',
      agent: { id: 'b' },
      record: { candidates: 2, reason: 'began this work; 20 items before it' },
    });
  });

  it('avoids what was tried before, if others can', () => {
    expect(chosen({ avoid: ['a'] }, [agent('a'), agent('b', { queueLength: 7 })])).toBe('b');
    expect(chosen({ avoid: ['a'] }, [agent('a'), agent('b', { status: 'gone' })])).toBe('a');
  });

  it('keeps the best scores for operators', () => {
    const choice = pick(
      {},
      Array.from({ length: 9 }, (_, index) => agent(`a${String(index)}`, { queueLength: index })),
    );
    expect(choice).toMatchObject({
      record: { candidates: 9, scores: [{ agent: 'a0', score: 0 }, { agent: 'a1', score: -1 }, {}, {}, {}] },
    });
  });
});

describe('requirements', () => {
  const fleet = [agent('a'), agent('b', { type: 'test', capabilities: ['frontend'] })];

  it.each([
    [{ agent: 'b' }, 'b'],
    [{ agentType: 'test' }, 'b'],
    [{ capability: 'testing' }, 'a'],
    [{ capability: 'frontend', agentType: 'test', agent: 'b' }, 'b'],
  ])('%j is served by %s', (requirements, id) => {
    expect(chosen(requirements, fleet)).toBe(id);
  });

  it.each([
    [{ capability: 'welding' }, "no registered agent offers capability 'welding'"],
    [{ agent: 'zoe' }, "no registered agent offers agent 'zoe'"],
    [{ agentType: 'opus' }, "no registered agent offers agent type 'opus'"],
    [
      { agent: 'a', capability: 'frontend' },
      "no registered agent offers agent 'a' and capability 'frontend' together",
    ],
  ])('%j can never be served', (requirements, reason) => {
    expect(pick(requirements, fleet)).toEqual({ kind: 'never', code: 'CAPABILITY_UNAVAILABLE', reason });
  });

  it('is never served by nobody', () => {
    expect(pick({ capability: 'x' }, [])).toMatchObject({ kind: 'never' });
  });
});

describe('traits', () => {
  const opus = agent('opus-master', { type: 'opus', capabilities: ['coordination'] });
  const sonnet = agent('sonnet-1', { type: 'sonnet', capabilities: ['coding'] });

  it('never gives work to an agent that never answers', () => {
    expect(pick({}, [opus])).toMatchObject({ kind: 'hold' });
    expect(chosen({}, [opus, agent('busy', { queueLength: 90 })])).toBe('busy');
    expect(pick({ capability: 'coordination' }, [opus])).toMatchObject({
      kind: 'never',
      reason: expect.stringContaining("type 'opus' never answer"),
    });
  });

  it.each(['The SYSTEM is down', 'an ecosystem', 'not completed', 'Full', 'entirely', 'incomprehensive'])(
    'keeps "%s" from sonnet agents',
    (description) => {
      expect(chosen({ description }, [sonnet])).toBeUndefined();
      expect(pick({ description, agent: 'sonnet-1' }, [sonnet])).toMatchObject({
        kind: 'never',
        reason: expect.stringContaining('subagent'),
      });
    },
  );

  it('lets sonnet agents have the rest', () => {
    expect(chosen({ description: 'compute 6 x 7' }, [sonnet])).toBe('sonnet-1');
  });

  it('follows another table', () => {
    const traits: Traits = [{ type: 'sonnet', silent: 'always', reason: 'testing' }];
    expect(chosen({}, [opus], { traits })).toBe('opus-master');
    expect(chosen({}, [sonnet], { traits })).toBeUndefined();
  });
});
