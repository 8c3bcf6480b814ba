import type { JsonObject, RunEvent, VisibleEvent } from '@bridge/contracts';
import { aPlan, aStep, outcomes } from './builders.ts';
import { createPlay, type Play, type PlayOptions } from './play.ts';

/** Event types in a row, readable in a diff. */
export function typesOf(events: readonly RunEvent[]): string[] {
  return events.map((event) => (event.type === 'status' ? `status ${event.state}` : event.type));
}

type StatusEvent = Extract<VisibleEvent, { type: 'status' }>;

export function lastStatus(play: Play): StatusEvent | undefined {
  return play.log.flatMap(({ event }) => (event.type === 'status' ? [event] : [])).at(-1);
}

/** Ours in the metadata of the last status. */
export function lastNotice(play: Play): JsonObject[string] | undefined {
  return lastStatus(play)?.metadata?.['a2a-bridge'];
}

/** A plan of the one step `task`. */
export const single = (over: Parameters<typeof aStep>[2] = {}) => aPlan([aStep('task', [], over)]);

export function started(plan = single(), options: PlayOptions = {}): Play {
  const play = createPlay(plan, options);
  play.tell({ type: 'start' });
  return play;
}

/** Lets the deadline of the step's attempt pass. @returns the attempt, now being asked back */
export function timeOut(play: Play, id = 'task') {
  const attempt = play.attempt(id);
  play.pass(Math.max(0, attempt.deadlineAt - play.now));
  play.due(`deadline:${id}:${String(attempt.epoch)}:${String(attempt.number)}`);
  return play.attempt(id).attemptId;
}

/** Deadline and verdict. */
export function revoke(
  play: Play,
  verdict: 'never_sent' | 'unclaimed' | 'claimed_or_lost',
  agentTookOtherWork = false,
  id = 'task',
): readonly RunEvent[] {
  return play.see({ type: 'revoked', attemptId: timeOut(play, id), verdict, agentTookOtherWork });
}

/** The agent fails until every retry is used. */
export function exhaust(play: Play, id = 'task'): void {
  for (const delay of [1000, 2000, 4000]) {
    play.reply(id, outcomes.failed());
    play.pass(delay);
    play.due(`backoff:${id}`);
  }
  play.reply(id, outcomes.failed());
}
