/**
 * What an append makes necessary outside the run: each effect is idempotent by a marker or by its nature, its
 * member stays on the agenda until an observation settles it, and one that is already running here is not
 * started a second time.
 */
import {
  partitionOf,
  type AttemptId,
  type DeadLetter,
  type Observation,
  type RunId,
} from '@bridge/contracts';
import type { DueMember, Mailbox, OwnerIndex, RunStore } from '@bridge/redis-store';
import { deadLetterOf, type RunState } from '@bridge/workflow-core';
import { attemptOf, effectOf, type EffectRef } from './obligation-id.ts';

type AttemptRef = Extract<EffectRef, { number: number }>;

export interface EffectDeps {
  readonly store: RunStore;
  readonly mailbox: Mailbox;
  readonly index: OwnerIndex;
  readonly deadLetters: (letter: DeadLetter) => Promise<void>;
  readonly observe: (runId: RunId, observation: Observation) => Promise<void>;
  readonly observeLazily: (runId: RunId, observation: Observation) => void;
  /** Moves members of the agenda, batched per partition. */
  readonly reschedule: (member: DueMember) => void;
  readonly now: () => number;
  /** How long a run and all that belongs to it stay after its end, ms. */
  readonly retentionMs: number;
  /** Called before an attempt's reply list is touched by us. */
  readonly onClosing: (attemptId: AttemptId) => void;
  readonly onFailed: (effect: string, runId: RunId, error: unknown) => void;
  readonly onRemoved: (runId: RunId) => void;
}

export interface Effects {
  /** Starts the effect unless it is running here already. Never throws: a failure stays on the agenda. */
  run(state: RunState, obligation: string): void;
  /** Resolves when none is running. */
  idle(): Promise<void>;
  running(): number;
}

export function createEffects(deps: EffectDeps): Effects {
  const running = new Map<string, Promise<void>>();

  async function send(state: RunState, ref: AttemptRef): Promise<void> {
    const found = attemptOf(state, ref);
    if (found === null) return;
    const { step, attempt } = found;
    const { runId } = state.record;
    const result = await deps.mailbox.send({
      runId,
      stepId: step.id,
      epoch: attempt.epoch,
      number: attempt.number,
      attemptId: attempt.attemptId,
      agent: attempt.agent,
      message: attempt.message,
      timeoutS: Math.max(1, Math.trunc((attempt.deadlineAt - attempt.recordedAt) / 1000)),
      sendBefore: attempt.sendBefore,
    });
    const { attemptId } = attempt;
    if (result.kind === 'refused') await deps.observe(runId, { type: 'send-refused', attemptId });
    else if (result.kind === 'exists' && result.attemptId !== attemptId) {
      const { agent, sentAt } = result;
      await deps.observe(runId, { type: 'adopted', attemptId, found: result.attemptId, agent, sentAt });
    } else {
      // The reply's append takes it along; without a fast reply it goes on its own soon.
      deps.observeLazily(runId, { type: 'sent', attemptId, sentAt: result.sentAt });
    }
  }

  async function revoke(state: RunState, ref: AttemptRef): Promise<void> {
    const found = attemptOf(state, ref);
    if (found === null) return;
    const { step, attempt } = found;
    const { runId } = state.record;
    const { verdict, agentTookOtherWork } = await deps.mailbox.revoke({
      runId,
      stepId: step.id,
      epoch: attempt.epoch,
      number: attempt.number,
      attemptId: attempt.attemptId,
      agent: attempt.agent,
      message: attempt.message,
      legacyRunId: attempt.legacyRunId,
      sendBefore: attempt.sendBefore,
    });
    await deps.observe(runId, { type: 'revoked', attemptId: attempt.attemptId, verdict, agentTookOtherWork });
  }

  async function close(state: RunState, ref: AttemptRef): Promise<void> {
    const found = attemptOf(state, ref);
    if (found === null) return;
    const { attemptId } = found.attempt;
    await closeList(attemptId);
    deps.observeLazily(state.record.runId, { type: 'closed', attemptId });
  }

  async function closeList(attemptId: AttemptId): Promise<void> {
    deps.onClosing(attemptId);
    await deps.mailbox.close(attemptId);
  }

  async function park(
    state: RunState,
    { stepId, epoch }: Extract<EffectRef, { kind: 'park' }>,
  ): Promise<void> {
    const letter = deadLetterOf(state, stepId);
    if (letter?.epoch !== epoch) return;
    await deps.deadLetters(letter);
    await deps.observe(state.record.runId, { type: 'dead-lettered', stepId, epoch });
  }

  /** First what an ended run leaves behind, then, after the retention, the run itself. */
  async function end(state: RunState): Promise<void> {
    const { record, head } = state;
    const { runId } = record;
    const removeAt = (head.endedAt ?? deps.now()) + deps.retentionMs;
    if (deps.now() >= removeAt) {
      await deps.index.remove(record, runId);
      if (await deps.store.remove(runId)) deps.onRemoved(runId);
      return;
    }
    const unclosed = [...state.steps.values()].flatMap((step) => step.attempts.filter((a) => !a.closed));
    await Promise.all([
      deps.index.touch(record, runId, head.endedAt ?? deps.now()),
      ...unclosed.map((attempt) => closeList(attempt.attemptId)),
    ]);
    deps.reschedule({ runId, obligation: 'end', due: removeAt });
  }

  async function perform(state: RunState, obligation: string): Promise<void> {
    const ref = effectOf(obligation);
    switch (ref?.kind) {
      case 'send':
        return send(state, ref);
      case 'revoke':
        return revoke(state, ref);
      case 'close':
        return close(state, ref);
      case 'park':
        return park(state, ref);
      case 'end':
        return end(state);
      case undefined:
        return;
    }
  }

  return {
    run(state, obligation) {
      const { runId } = state.record;
      const key = `${runId}|${obligation}`;
      if (running.has(key)) return;
      const done = perform(state, obligation)
        .catch((error: unknown) => {
          deps.onFailed(obligation, runId, error);
        })
        .finally(() => running.delete(key));
      running.set(key, done);
    },
    async idle() {
      while (running.size > 0) await Promise.allSettled(running.values());
    },
    running: () => running.size,
  };
}

/** Collects moves on the agenda and writes them once per partition and flush: they are never urgent. */
export function createRescheduler(store: RunStore): {
  add(member: DueMember): void;
  flush(): Promise<void>;
} {
  let pending = new Map<number, DueMember[]>();
  return {
    add(member) {
      const partition = partitionOf(member.runId);
      const members = pending.get(partition);
      if (members === undefined) pending.set(partition, [member]);
      else members.push(member);
    },
    async flush() {
      const batch = pending;
      pending = new Map();
      await Promise.all([...batch].map(([partition, members]) => store.reschedule(partition, members)));
    },
  };
}
