import type { Choice } from '@bridge/agent-selection';
import {
  AttemptId,
  type Attempt,
  type Observation,
  type PlacedEvent,
  type Plan,
  type ReplyElement,
  type ReplyOutcome,
  type RunInput,
} from '@bridge/contracts';
import { isOpenAttempt } from '../attempts.ts';
import { decide } from '../decide.ts';
import { DEFAULT_LIMITS, type DecideContext } from '../decide/context.ts';
import { initialState } from '../initial-state.ts';
import { parseObligation } from '../obligation-id.ts';
import { changedObligations, openAttemptsChanged } from '../obligations.ts';
import type { RunState, StepState } from '../state.ts';
import { aMessage, aRecord, anElement, busy, chosen, never, outcomes } from './builders.ts';

/** What happens next in a world without manners; `pick` says to whom and how. */
export interface Chaos {
  readonly act:
    'effect' | 'reply' | 'again' | 'time' | 'timer' | 'nudge' | 'message' | 'replay' | 'cancel' | 'forget';
  readonly pick: number;
}

export interface World {
  readonly state: RunState;
  readonly log: readonly PlacedEvent[];
  /** What the agenda and `open` would hold if the shell did only what it is told. */
  readonly agenda: ReadonlyMap<string, number>;
  readonly open: ReadonlySet<string>;
  step(chaos: Chaos): void;
  /** Agents answer and effects work until nothing moves by itself. @returns how many rounds that took */
  calm(manner: 'answers' | 'silent' | 'fails', maxRounds: number): number;
}

/** Told of every decision: where the properties are checked. */
export type Watcher = (
  before: RunState,
  after: RunState,
  again: readonly PlacedEvent[],
  world: World,
) => void;

const LIMITS = { ...DEFAULT_LIMITS, queueWaitMs: 100_000 };
const EFFECTS: ReadonlySet<string> = new Set(['send', 'revoke', 'close', 'park']);
const AGENTS = ['w1', 'w2', 'w3'] as const;

export function createWorld(plan: Plan, seed: number, watch: Watcher): World {
  const dice = createDice(seed);
  const log: PlacedEvent[] = [];
  const agenda = new Map<string, number>();
  const open = new Set<string>();
  const seen: Observation[] = [];
  const lists = new Map<AttemptId, ReplyElement[]>();
  let state = initialState(aRecord(plan));
  let now = 1_000_000;
  let messages = 0;
  let calmed = false;

  const context = (): DecideContext => ({
    now,
    legacyNow: now + 500,
    legacyRunId: 'legacy-1',
    random: () =>
      dice(2 ** 32)
        .toString(16)
        .padStart(32, '0'),
    choose(requirements): Choice {
      const luck = calmed ? 0 : dice(20);
      if (luck < 15) return chosen(AGENTS[dice(3)] ?? 'w1');
      return luck < 19 ? busy : never(requirements);
    },
    encodeAssignment: ({ attemptId }) => attemptId,
    limits: LIMITS,
  });

  function tell(inputs: readonly RunInput[]): void {
    const before = state;
    // As after a lost race: decided, dropped, and decided anew from the same state.
    if (dice(4) === 0) decide(before, inputs, context());
    const decision = decide(before, inputs, context());
    state = decision.state;
    log.push(...decision.events);
    const { set, remove } = changedObligations(before, state);
    for (const { id, due } of set) agenda.set(id, due);
    for (const id of remove) agenda.delete(id);
    const changed = openAttemptsChanged(before, state);
    for (const id of changed.add) open.add(id);
    for (const id of changed.remove) open.delete(id);
    for (const id of changed.add) lists.set(id, lists.get(id) ?? []);
    const observed = inputs.filter(
      (each) => each.from === 'observation' && each.observation.type !== 'nudge',
    );
    watch(before, state, decide(state, observed, context()).events, world);
  }

  const see = (...observations: readonly Observation[]): void => {
    seen.push(...observations);
    tell(observations.map((observation) => ({ from: 'observation', observation })));
  };

  function command(
    wish:
      { readonly type: 'start' | 'cancel' } | { readonly type: 'message' | 'replay'; readonly pick: number },
  ): void {
    const envelope = {
      schemaVersion: 1,
      tenant: 'default',
      principal: 'anonymous',
      traceparent: null,
      inputId: String(dice(1e9)),
    };
    const entryId = '1-0';
    if (wish.type === 'start') tell([{ from: 'inbox', entryId, command: { ...envelope, type: 'start' } }]);
    if (wish.type === 'cancel')
      tell([{ from: 'inbox', entryId, command: { ...envelope, type: 'cancel', requestedBy: 'x' } }]);
    if (wish.type === 'message') {
      messages += 1;
      const message = aMessage(`answer-${String(messages)}`, 'an answer');
      tell([{ from: 'inbox', entryId, command: { ...envelope, type: 'message', message } }]);
    }
    if (wish.type === 'replay') {
      const step = nth([...state.steps.values()], wish.pick);
      if (step === undefined) return;
      const epoch = Math.max(0, step.epoch - (wish.pick % 3 === 0 ? 1 : 0));
      const operator = { actor: 'sre', reason: 'r', operationId: 'o' };
      tell([
        {
          from: 'inbox',
          entryId,
          command: { ...envelope, ...operator, type: 'replay', stepId: step.id, epoch },
        },
      ]);
    }
  }

  function resultOf(obligation: string, pick: number): Observation | null {
    const ref = parseObligation(obligation);
    if (ref === null || !('stepId' in ref)) return null;
    const step = state.steps.get(ref.stepId);
    if (step === undefined) return null;
    if (ref.kind === 'park') return { type: 'dead-lettered', stepId: step.id, epoch: ref.epoch };
    if (!('number' in ref)) return null;
    const attempt = step.attempts.find((each) => each.epoch === ref.epoch && each.number === ref.number);
    if (attempt === undefined) return null;
    const { attemptId } = attempt;
    if (ref.kind === 'close') return { type: 'closed', attemptId };
    if (ref.kind === 'send') return sendResult(attemptId, pick);
    return {
      type: 'revoked',
      attemptId,
      verdict: (['never_sent', 'unclaimed', 'claimed_or_lost'] as const)[pick % 3] ?? 'unclaimed',
      agentTookOtherWork: pick % 2 === 0,
    };
  }

  function sendResult(attemptId: AttemptId, pick: number): Observation {
    if (pick % 11 === 0) return { type: 'send-refused', attemptId };
    const sentAt = now + 500 - (pick % 700);
    if (pick % 7 !== 0) return { type: 'sent', attemptId, sentAt };
    const found = AttemptId.parse(
      `${attemptId.slice(0, -32)}${dice(2 ** 32)
        .toString(16)
        .padStart(32, 'f')}`,
    );
    return { type: 'adopted', attemptId, found, agent: 'w3', sentAt };
  }

  const attempts = (): readonly Attempt[] =>
    [...state.steps.values()].flatMap((step: StepState) => step.attempts);
  const effects = (): readonly string[] =>
    [...agenda.keys()].filter((id) => EFFECTS.has(id.split(':')[0] ?? ''));
  const timers = (): readonly string[] =>
    [...agenda.keys()].filter((id) => !EFFECTS.has(id.split(':')[0] ?? ''));

  /** The whole list is read again each time, as after a restart. */
  function reply(attemptId: AttemptId, outcome: ReplyOutcome): void {
    const list = lists.get(attemptId) ?? [];
    list.push(anElement(list.length, outcome));
    lists.set(attemptId, list);
    see({ type: 'replies', attemptId, elements: [...list] });
  }

  function passTo(timer: string | undefined): void {
    if (timer === undefined) return;
    now = Math.max(now, agenda.get(timer) ?? now);
    see({ type: 'due', obligation: timer });
  }

  const world: World = {
    get state() {
      return state;
    },
    log,
    agenda,
    open,
    step({ act, pick }) {
      switch (act) {
        case 'effect': {
          const result = resultOf(nth(effects(), pick) ?? '', pick);
          if (result !== null) see(result);
          return;
        }
        case 'reply': {
          const attempt = nth(attempts(), pick);
          if (attempt !== undefined) reply(attempt.attemptId, anOutcome(dice(12)));
          return;
        }
        case 'again':
          // Several at once, in any order.
          see(
            ...[nth(seen, pick), nth(seen, dice(1000)), nth(seen, dice(1000))].flatMap((each) => each ?? []),
          );
          return;
        case 'time':
          passTo(
            nth(
              timers().filter((id) => id !== 'run-deadline' || pick % 50 === 0),
              pick,
            ),
          );
          return;
        case 'timer':
          see({ type: 'due', obligation: nth(timers(), pick) ?? 'run-deadline' });
          return;
        case 'nudge':
          see({ type: 'nudge' });
          return;
        case 'forget':
          // As after a cache miss: equal, but another object everywhere.
          state = reread(state);
          return;
        case 'cancel':
          if (pick % 4 === 0) command({ type: 'cancel' });
          return;
        case 'message':
        case 'replay':
          command({ type: act, pick });
      }
    },
    calm(manner, maxRounds) {
      calmed = true;
      for (let round = 0; round < maxRounds; round += 1) {
        const waiting = timers().filter((id) => id !== 'run-deadline' && id !== 'end');
        const [effect] = effects();
        const answering = manner === 'silent' ? undefined : attempts().find(isOpenAttempt);
        if (answering !== undefined)
          reply(answering.attemptId, manner === 'answers' ? outcomes.completed() : outcomes.failed());
        else if (effect !== undefined) see(...[resultOf(effect, dice(6))].flatMap((each) => each ?? []));
        else if (waiting.length > 0)
          passTo(waiting.reduce((a, b) => ((agenda.get(b) ?? 0) < (agenda.get(a) ?? 0) ? b : a)));
        else return round;
      }
      return maxRounds;
    },
  };
  command({ type: 'start' });
  return world;
}

function reread(state: RunState): RunState {
  const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  const { steps, artifacts, ...rest } = state;
  return { ...copy(rest), steps: new Map(copy([...steps])), artifacts: new Map(copy([...artifacts])) };
}

function anOutcome(luck: number): ReplyOutcome {
  if (luck < 5) return outcomes.completed(luck);
  if (luck < 8) return outcomes.failed();
  if (luck < 9) return outcomes.asks();
  return luck < 10 ? outcomes.malformed() : outcomes.progress(luck / 12);
}

function nth<T>(list: readonly T[], pick: number): T | undefined {
  return list.length === 0 ? undefined : list[pick % list.length];
}

/** Small, seeded and good enough for tests (mulberry32). @returns whole numbers below the bound */
function createDice(seed: number): (below: number) => number {
  let at = seed >>> 0;
  return (below) => {
    at = (at + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
