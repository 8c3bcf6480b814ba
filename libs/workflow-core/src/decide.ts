/**
 * The engine's one decision: what happens to a run because of these inputs. Neighbours: `evolve` applies each
 * event, `obligations` says what the shell owes the state that results, `evolve` + `foldEvents` rebuild it.
 *
 * W1  State changes only by events: folding all of them over the initial state gives the state.
 * W2  Total: stale, duplicate, late and foreign inputs give no event; an observation seen twice changes nothing
 *     the second time.
 * W3  What is final stays: a run that ended, and an attempt that was answered or revoked, never change again
 *     (save that the attempt's reply list is closed).
 * W4  No step starts before all its parents are completed.
 * W5  A step has at most one open attempt, and no two attempts share (step, epoch, number).
 * W6  A new attempt after one that may have run is made only if its outcome is known, the step is idempotent,
 *     the caller goes on with it, or an operator replays it.
 * W7  Attempts are bounded: one plus the retries per epoch and turn, and what is put back out of a queue until
 *     the queue-wait deadline.
 * W8  A run ends as soon as all its steps are final; until then every step that is not final has an obligation,
 *     or waits for a parent that is not final, for the caller, or for an operator.
 * W9  Client-visible events are numbered 1, 2, 3 ...; the last one of an ended run is its terminal status.
 * W10 A run that is being called off starts nothing.
 */
import type { Observation, PlacedEvent, RunInput } from '@bridge/contracts';
import { callOff, receive, replay, start } from './decide/commands.ts';
import type { DecideContext } from './decide/context.ts';
import {
  adopt,
  confirmClosed,
  confirmDeadLettered,
  confirmSent,
  judgeRevoked,
  refuseSent,
} from './decide/mailbox.ts';
import { readReplies } from './decide/replies.ts';
import { settle } from './decide/settle.ts';
import { nudge, onDue } from './decide/timers.ts';
import { createTurn, type Turn } from './decide/turn.ts';
import type { RunState } from './state.ts';

export interface Decision {
  readonly events: readonly PlacedEvent[];
  /** `state` itself when nothing happened. Version and cursor are as before: the append moves them. */
  readonly state: RunState;
}

/** Decides over a batch of inputs, in their order. Throws only what the context's functions throw. */
export function decide(state: RunState, inputs: readonly RunInput[], context: DecideContext): Decision {
  if (state.head.phase === 'ended') return { events: [], state };
  const turn = createTurn(state, context);
  for (const input of inputs) {
    take(turn, input);
    settle(turn);
    if (turn.draft.head.phase === 'ended') break;
  }
  const next = turn.draft.finish();
  return { events: turn.events, state: turn.events.length === 0 ? state : next };
}

function take(turn: Turn, input: RunInput): void {
  if (input.from === 'observation') {
    observe(turn, input.observation);
    return;
  }
  const { command } = input;
  switch (command.type) {
    case 'start':
      start(turn);
      return;
    case 'cancel':
      callOff(turn, {
        requestedBy: command.requestedBy,
        ...(command.reason === undefined ? {} : { reason: command.reason }),
      });
      return;
    case 'message':
      receive(turn, command.message);
      return;
    case 'replay':
      replay(turn, command);
  }
}

function observe(turn: Turn, observation: Observation): void {
  switch (observation.type) {
    case 'replies':
      readReplies(turn, observation.attemptId, observation.elements);
      return;
    case 'due':
      onDue(turn, observation.obligation);
      return;
    case 'sent':
      confirmSent(turn, observation);
      return;
    case 'adopted':
      adopt(turn, observation);
      return;
    case 'send-refused':
      refuseSent(turn, observation);
      return;
    case 'revoked':
      judgeRevoked(turn, observation);
      return;
    case 'closed':
      confirmClosed(turn, observation);
      return;
    case 'dead-lettered':
      confirmDeadLettered(turn, observation);
      return;
    case 'nudge':
      nudge(turn);
  }
}
