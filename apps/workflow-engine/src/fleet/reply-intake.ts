import { parseAttemptId, type AttemptId, type Observation, type RunId } from '@bridge/contracts';
import type { Mailbox } from '@bridge/redis-store';
import { parseReply } from '@bridge/translator';

export interface ReplyIntakeDeps {
  readonly mailbox: Mailbox;
  /** How many elements of this attempt's list the run has read already, as far as this process knows. */
  readonly seen: (runId: RunId, attemptId: AttemptId) => number;
  readonly observe: (runId: RunId, observation: Observation) => Promise<void>;
  readonly onFailed: (attemptId: AttemptId, error: unknown) => void;
}

export interface ReplyIntake {
  /** Peeks the attempt's reply list and hands what is new to its run. May be called at any time, any number of times. */
  look(attemptId: AttemptId): void;
  idle(): Promise<void>;
}

/** From a notice to an observation: peek, parse once, observe. Nothing is popped, so nothing can be lost here. */
export function createReplyIntake(deps: ReplyIntakeDeps): ReplyIntake {
  /** Attempts being looked at; `true` = look again afterwards, something came in between. */
  const looking = new Map<AttemptId, boolean>();
  const pending = new Set<Promise<void>>();

  async function lookOnce(attemptId: AttemptId, runId: RunId): Promise<void> {
    const from = deps.seen(runId, attemptId);
    const raws = await deps.mailbox.peek(attemptId, from);
    if (raws.length === 0) return;
    const elements = raws.map((raw, i) => ({ index: from + i, raw, outcome: parseReply(raw) }));
    await deps.observe(runId, { type: 'replies', attemptId, elements });
  }

  async function work(attemptId: AttemptId, runId: RunId): Promise<void> {
    try {
      do {
        looking.set(attemptId, false);
        await lookOnce(attemptId, runId);
      } while (looking.get(attemptId) === true);
    } catch (error) {
      // The list still holds the reply and `open` still holds the attempt: the sweep looks again.
      deps.onFailed(attemptId, error);
    } finally {
      looking.delete(attemptId);
    }
  }

  return {
    look(attemptId) {
      if (looking.has(attemptId)) {
        looking.set(attemptId, true);
        return;
      }
      const parts = parseAttemptId(attemptId);
      if (parts === null) return;
      looking.set(attemptId, false);
      const done = work(attemptId, parts.runId);
      pending.add(done);
      void done.finally(() => pending.delete(done));
    },
    async idle() {
      while (pending.size > 0) await Promise.allSettled(pending);
    },
  };
}
