import type { AttemptId } from './ids.ts';
import type { RevokeVerdict } from './inputs.ts';

/** Why this agent: kept on the attempt, shown to operators. */
export interface ChoiceRecord {
  readonly agent: string;
  readonly reason: string;
  readonly candidates: number;
  /** The best few with what spoke for them. */
  readonly scores: readonly { readonly agent: string; readonly score: number }[];
}

/** `send-refused`: nothing may be sent under its marker any more, and whether it once was is unknown. */
export type RevokeReason = 'deadline' | 'cancel' | 'run-deadline' | 'send-refused';

/** An element of a reply list that cannot be read as a reply, byte for byte. */
export interface MalformedReply {
  readonly raw: string;
  readonly reason: string;
}

/** Everything an SRE needs to know about one try of one step. */
export interface Attempt {
  readonly attemptId: AttemptId;
  /** 1, 2, 3 ... within an epoch. */
  readonly number: number;
  readonly epoch: number;
  readonly agent: string;
  readonly agentType: string;
  /** Exact bytes of the assignment: `revoke` removes these and nothing else. */
  readonly message: string;
  /** `run_id` of the legacy server when the attempt was decided; a restart changes it. */
  readonly legacyRunId: string;
  /** The legacy server's time after which `send` refuses, epoch ms. */
  readonly sendBefore: number;
  readonly choice: ChoiceRecord;
  readonly breakerState: 'closed' | 'open' | 'half-open';
  readonly state: 'recorded' | 'sent' | 'revoking' | 'answered' | 'revoked';
  readonly recordedAt: number;
  readonly sentAt?: number;
  /** Our Redis's time, epoch ms. */
  readonly deadlineAt: number;
  readonly revokeReason?: RevokeReason;
  readonly revokingAt?: number;
  readonly revokedAt?: number;
  readonly verdict?: RevokeVerdict;
  /** How many elements of the reply list were read. */
  readonly seen: number;
  /** The first element that was no reply, if any. */
  readonly malformed?: MalformedReply;
  readonly answeredAt?: number;
  /** The element that settled the attempt, byte for byte. */
  readonly reply?: string;
  readonly outcome?: 'completed' | 'failed' | 'input_required' | 'auth_required';
  readonly error?: string;
  /** What the agent asked the caller for. */
  readonly question?: string;
  /** Its reply list has a TTL. */
  readonly closed: boolean;
}
