import type { Choice, Requirements } from '@bridge/agent-selection';
import {
  StepId,
  type Attempt,
  type Command,
  type Observation,
  type PlacedEvent,
  type Plan,
  type ReplyOutcome,
  type RunEvent,
  type RunInput,
} from '@bridge/contracts';
import { decide } from '../decide.ts';
import {
  DEFAULT_LIMITS,
  type AssignmentRequest,
  type DecideContext,
  type Limits,
} from '../decide/context.ts';
import { initialState } from '../initial-state.ts';
import type { RunState, StepState } from '../state.ts';
import { aMessage, anElement, aRecord, chosen } from './builders.ts';

type Wish =
  | { readonly type: 'start' }
  | { readonly type: 'cancel' }
  | { readonly type: 'message'; readonly messageId: string; readonly text: string }
  | { readonly type: 'replay'; readonly stepId: string; readonly epoch: number };

export interface PlayOptions {
  readonly choose?: (requirements: Requirements) => Choice;
  readonly released?: (agent: string) => void;
  readonly limits?: Partial<Limits>;
  /** 32 hex digits; different ones at every call where absent. */
  readonly random?: () => string;
}

/** A run on the table: inputs in, events out, time moved by hand. */
export interface Play {
  readonly state: RunState;
  readonly now: number;
  /** All events so far. */
  readonly log: readonly PlacedEvent[];
  /** Every assignment that was encoded, oldest first. */
  readonly assignments: readonly AssignmentRequest[];
  /** What the last choice was asked for. */
  readonly asked: readonly Requirements[];
  pass(ms: number): void;
  choosing(choose: (requirements: Requirements) => Choice): void;
  /** @returns the events of this decision */
  tell(...wishes: readonly Wish[]): readonly RunEvent[];
  see(...observations: readonly Observation[]): readonly RunEvent[];
  reply(stepId: string, ...outcomes: readonly ReplyOutcome[]): readonly RunEvent[];
  due(obligation: string): readonly RunEvent[];
  step(id: string): StepState;
  /** The newest attempt of the step. */
  attempt(id: string): Attempt;
}

export const LEGACY_AHEAD_MS = 5000;

export function createPlay(plan: Plan, options: PlayOptions = {}): Play {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const log: PlacedEvent[] = [];
  const assignments: AssignmentRequest[] = [];
  const asked: Requirements[] = [];
  let state = initialState(aRecord(plan));
  let now = 1_000_000;
  let drawn = 0;
  let entries = 0;
  let choose = options.choose ?? ((): Choice => chosen('worker'));

  const context = (): DecideContext => ({
    now,
    legacyNow: now + LEGACY_AHEAD_MS,
    legacyRunId: 'legacy-1',
    random: options.random ?? (() => (drawn++).toString(16).padStart(32, '0')),
    choose(requirements) {
      asked.push(requirements);
      return choose(requirements);
    },
    ...(options.released === undefined ? {} : { released: options.released }),
    encodeAssignment(request) {
      assignments.push(request);
      return JSON.stringify({ to: request.agent, id: request.attemptId });
    },
    limits,
  });

  function run(inputs: readonly RunInput[]): readonly RunEvent[] {
    const decision = decide(state, inputs, context());
    state = decision.state;
    log.push(...decision.events);
    return decision.events.map((placed) => placed.event);
  }

  const see = (...observations: readonly Observation[]): readonly RunEvent[] =>
    run(observations.map((observation) => ({ from: 'observation', observation })));

  function step(id: string): StepState {
    const found = state.steps.get(StepId.parse(id));
    if (found === undefined) throw new Error(`there is no step '${id}'`);
    return found;
  }

  function attempt(id: string): Attempt {
    const found = step(id).attempts.at(-1);
    if (found === undefined) throw new Error(`step '${id}' has no attempt`);
    return found;
  }

  return {
    get state() {
      return state;
    },
    get now() {
      return now;
    },
    log,
    assignments,
    asked,
    pass(ms) {
      now += ms;
    },
    choosing(next) {
      choose = next;
    },
    tell: (...wishes) =>
      run(
        wishes.map((wish) => ({
          from: 'inbox',
          entryId: `${String(++entries)}-0`,
          command: commandOf(wish, entries),
        })),
      ),
    see,
    reply(stepId, ...given) {
      const { attemptId, seen } = attempt(stepId);
      return see({
        type: 'replies',
        attemptId,
        elements: given.map((outcome, index) => anElement(seen + index, outcome)),
      });
    },
    due: (obligation) => see({ type: 'due', obligation }),
    step,
    attempt,
  };
}

function commandOf(wish: Wish, entry: number): Command {
  const envelope = {
    schemaVersion: 1,
    tenant: 'default',
    principal: 'anonymous',
    traceparent: null,
    inputId: `input-${String(entry)}`,
  };
  switch (wish.type) {
    case 'start':
      return { ...envelope, type: 'start' };
    case 'cancel':
      return { ...envelope, type: 'cancel', requestedBy: 'client' };
    case 'message':
      return { ...envelope, type: 'message', message: aMessage(wish.messageId, wish.text) };
    case 'replay':
      return {
        ...envelope,
        type: 'replay',
        stepId: StepId.parse(wish.stepId),
        epoch: wish.epoch,
        actor: 'sre',
        reason: 'fixed',
        operationId: `operation-${String(entry)}`,
      };
  }
}
