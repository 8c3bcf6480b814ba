import { z } from 'zod';
import { CoreMessage } from './core-message.ts';
import { Envelope } from './envelope.ts';
import { type AttemptId, StepId } from './ids.ts';
import type { ReplyOutcome } from './legacy.ts';

/**
 * Commands exist nowhere else, so they go through the run's inbox (design: Put).
 * `inputId` dedupes them per run.
 */
const command = Envelope.extend({ inputId: z.string().min(1).max(256) });
const operator = command.extend({
  actor: z.string(),
  reason: z.string(),
  operationId: z.string(),
});

export const Command = z.discriminatedUnion('type', [
  /** The request itself is in the acceptance record. */
  command.extend({ type: z.literal('start') }),
  command.extend({ type: z.literal('cancel'), requestedBy: z.string(), reason: z.string().optional() }),
  command.extend({ type: z.literal('message'), message: CoreMessage }),
  /** Replay of a parked step: (step, epoch) counts at most once. */
  operator.extend({ type: z.literal('replay'), stepId: StepId, epoch: z.number().int().nonnegative() }),
]);
export type Command = z.infer<typeof Command>;

/** One element of a reply list; index 0 is the oldest. */
export interface ReplyElement {
  readonly index: number;
  readonly raw: string;
  readonly outcome: ReplyOutcome;
}

export type RevokeVerdict = 'never_sent' | 'unclaimed' | 'claimed_or_lost';

/**
 * Observations can be seen again where they came from (a reply list, the agenda, a marker), so they are
 * handed to the decision directly and need no inbox: ADR 0001.
 */
export type Observation =
  | { readonly type: 'replies'; readonly attemptId: AttemptId; readonly elements: readonly ReplyElement[] }
  /** A due member of the agenda that is a timer. */
  | { readonly type: 'due'; readonly obligation: string }
  /** `send` was done (or found done): the legacy server's time of the LPUSH, epoch ms. */
  | { readonly type: 'sent'; readonly attemptId: AttemptId; readonly sentAt: number }
  /** The marker of this (step, epoch, number) names another attempt: the store was rolled back; adopt it. */
  | {
      readonly type: 'adopted';
      readonly attemptId: AttemptId;
      readonly found: AttemptId;
      readonly agent: string;
      readonly sentAt: number;
    }
  /** `send` refused: the marker's horizon is reached, so nothing may be sent under this number any more. */
  | { readonly type: 'send-refused'; readonly attemptId: AttemptId }
  | {
      readonly type: 'revoked';
      readonly attemptId: AttemptId;
      readonly verdict: RevokeVerdict;
      /** Context only, never permission: did the agent take other work since? */
      readonly agentTookOtherWork: boolean;
    }
  /** The attempt's reply list has a TTL now and was empty or fully read. */
  | { readonly type: 'closed'; readonly attemptId: AttemptId }
  /** The dead letter of a parked step was handed over. */
  | { readonly type: 'dead-lettered'; readonly stepId: StepId; readonly epoch: number }
  /** Something changed that may let held steps go (an agent came, a slot is free). */
  | { readonly type: 'nudge' };

export type RunInput =
  | { readonly from: 'inbox'; readonly entryId: string; readonly command: Command }
  | { readonly from: 'observation'; readonly observation: Observation };
