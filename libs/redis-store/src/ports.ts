import type {
  AcceptanceRecord,
  AgentDescriptor,
  AttemptId,
  Command,
  CoreTask,
  FeedEntry,
  MalformedAgent,
  Owner,
  PlacedEvent,
  RevokeVerdict,
  RunId,
  StepId,
  VisibleEvent,
} from '@bridge/contracts';
import type { RunState } from '@bridge/workflow-core';

/* ---- runs: our Redis ---------------------------------------------------------------------------------- */

export type PutResult =
  /** It is in the inbox; `now` is our Redis's time, epoch ms. */
  | { readonly kind: 'put'; readonly now: number }
  /** Same id (and for a start: same body) was put before. */
  | { readonly kind: 'duplicate' }
  /** A start with the id of a run that has another body. */
  | { readonly kind: 'conflict' }
  /** No acceptance record, and this is no start. */
  | { readonly kind: 'unknown-run' };

export interface InboxEntry {
  readonly entryId: string;
  /** `null`: cannot be read as a command of today; `raw` says what it is. */
  readonly command: Command | null;
  readonly raw: string;
  /** Written by a newer version: left for a newer engine, the drain stops before it. */
  readonly newer: boolean;
}

export type DrainResult =
  | { readonly kind: 'unknown-run' }
  | {
      readonly kind: 'drained';
      readonly now: number;
      /** The cached state where its version still holds, else freshly read. */
      readonly state: RunState;
      readonly entries: readonly InboxEntry[];
    };

export interface Obligation {
  readonly id: string;
  /** Our Redis's time, epoch ms. */
  readonly due: number;
}

export interface AppendRequest {
  readonly previous: RunState;
  /** `version` and `cursor` are set by the append, not by the caller. */
  readonly next: RunState;
  /** Last inbox entry decided; absent if only observations were. */
  readonly cursor?: string;
  readonly events: readonly PlacedEvent[];
  /** Differences between the obligations before and after. */
  readonly agendaSet: readonly Obligation[];
  readonly agendaRemove: readonly string[];
  readonly openAdd: readonly AttemptId[];
  readonly openRemove: readonly AttemptId[];
  /** true = put into `parked`, false = take out, absent = as it is. */
  readonly parked?: boolean;
}

export type AppendResult =
  /** `more`: the inbox holds entries behind the cursor, so the run is still in `ready`. */
  | { readonly kind: 'appended'; readonly state: RunState; readonly more: boolean; readonly now: number }
  | { readonly kind: 'conflict' };

export interface DueMember {
  readonly runId: RunId;
  readonly obligation: string;
  readonly due: number;
}

export interface SweepResult {
  readonly now: number;
  readonly due: readonly DueMember[];
  /** Runs that have been in `ready` for longer than asked for. */
  readonly stale: readonly RunId[];
  /** When the next member of the agenda is due, or null. */
  readonly nextDue: number | null;
}

export interface RunStore {
  /** Accept: acceptance record and start in one call, or what is known of that run (law L1, L2). */
  accept(record: AcceptanceRecord): Promise<PutResult>;
  /** Puts a command other than a start into the inbox. */
  put(runId: RunId, command: Command): Promise<PutResult>;
  /** @param cached the state this process holds, if any: sent back unread when its version still holds */
  drain(runId: RunId, cached?: RunState): Promise<DrainResult>;
  append(request: AppendRequest): Promise<AppendResult>;
  /** What clients may see, with the number of the last event in it; one call. `null` = no such run. */
  task(runId: RunId): Promise<{ readonly owner: Owner; readonly task: CoreTask } | null>;
  /** Visible events with a number above `after`, in order. */
  visibleEvents(
    runId: RunId,
    after: number,
  ): Promise<readonly { readonly n: number; readonly event: VisibleEvent }[]>;
  /** All events, for folding and for operators. */
  events(runId: RunId): Promise<readonly PlacedEvent[]>;
  sweep(
    partition: number,
    options: { readonly staleMs: number; readonly limit: number },
  ): Promise<SweepResult>;
  /** Open attempts of a partition: whose reply lists are to be looked at. */
  openAttempts(partition: number): Promise<readonly AttemptId[]>;
  /** Moves members of the agenda of one partition; members that are gone stay gone (ZADD XX). */
  reschedule(partition: number, members: readonly DueMember[]): Promise<void>;
  /**
   * Deletes everything of an ended run; false (and nothing deleted) if it is not ended or its inbox holds undrained
   * input. True as well where nothing is left of the run: then index members go that outlived it.
   *
   * @param leftovers obligations to take off the agenda besides `end`
   */
  remove(runId: RunId, leftovers?: readonly string[]): Promise<boolean>;
}

export interface OwnerIndex {
  /** Before the accept: the task is listed from the moment it may exist. */
  add(owner: Owner, runId: RunId, at: number): Promise<void>;
  /** Moves it forward, never back (ZADD GT). */
  touch(owner: Owner, runId: RunId, at: number): Promise<void>;
  remove(owner: Owner, runId: RunId): Promise<void>;
}

export interface Feed {
  /** Hints of one tick go out together, one XADD per feed stream touched. */
  publish(entries: readonly FeedEntry[]): Promise<void>;
}

export interface FeedTail {
  /** Blocks on all feeds on a connection of its own; `onGap` when entries may have been missed. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface EngineBeats {
  /** Renews this engine's beat and says who is alive. */
  beat(): Promise<{ readonly now: number; readonly live: readonly string[] }>;
  leave(): Promise<void>;
}

/* ---- mailbox: the legacy Redis ------------------------------------------------------------------------ */

export interface SendRequest {
  readonly runId: RunId;
  readonly stepId: StepId;
  readonly epoch: number;
  readonly number: number;
  readonly attemptId: AttemptId;
  readonly agent: string;
  /** Exact bytes. */
  readonly message: string;
  /** Seconds of the correlation key, as today: int(timeout). */
  readonly timeoutS: number;
  /** The legacy server's time after which nothing is sent under this number, epoch ms. */
  readonly sendBefore: number;
}

export type SendResult =
  | { readonly kind: 'sent'; readonly sentAt: number }
  /** The marker exists: this attempt was sent already, or (other id) a forgotten one that must be adopted. */
  | {
      readonly kind: 'exists';
      readonly attemptId: AttemptId;
      readonly agent: string;
      readonly sentAt: number;
    }
  | { readonly kind: 'refused' };

export interface RevokeRequest {
  readonly runId: RunId;
  readonly stepId: StepId;
  readonly epoch: number;
  readonly number: number;
  readonly attemptId: AttemptId;
  readonly agent: string;
  readonly message: string;
  /** `server().runId` when the attempt was decided. */
  readonly legacyRunId: string;
  readonly sendBefore: number;
}

export interface RevokeResult {
  readonly verdict: RevokeVerdict;
  /**
   * Context, never permission: fewer assignments were ahead of this one than at its send, and it was not us who
   * took them out. Only known for `unclaimed`, else false.
   */
  readonly agentTookOtherWork: boolean;
}

export interface Mailbox {
  send(request: SendRequest): Promise<SendResult>;
  /** Stored verdict if there is one; else LREM of the exact bytes decides. */
  revoke(request: RevokeRequest): Promise<RevokeResult>;
  /** Elements of the reply list from index `from` (0 = oldest), never popped. */
  peek(attemptId: AttemptId, from: number): Promise<readonly string[]>;
  /**
   * The attempt is settled: deletes its correlation key and gives its reply list a TTL; an empty list gets a
   * tombstone with a TTL, so that what arrives later cannot stay for ever. Returns how many real elements it holds.
   */
  close(attemptId: AttemptId): Promise<number>;
  /** Which of these have a non-empty reply list (tombstones do not count). */
  answered(attemptIds: readonly AttemptId[]): Promise<readonly AttemptId[]>;
  /** How many replies each of these lists holds, in this order (tombstones do not count). */
  replyCounts(attemptIds: readonly AttemptId[]): Promise<readonly number[]>;
  /**
   * Which incarnation of the legacy server this is (`<run_id>.<master_replid>`, to be compared only) and its clock,
   * as last seen. Refreshed on every reconnect.
   */
  server(): { readonly runId: string; now(): number };
}

export interface ReplyWatch {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Attempts this engine should hear of although another partition owner may, too. */
  watch(attemptId: AttemptId): void;
  unwatch(attemptId: AttemptId): void;
  readonly mode: 'tracking' | 'polling';
}

export interface ReplyWatchHandlers {
  /** Something happened to this attempt's reply list: peek it. May be called too often, never too seldom. */
  onReply(attemptId: AttemptId): void;
  /** Notices may have been missed: look at every open attempt. */
  onGap(reason: string): void;
}

export interface AgentDirectory {
  start(): Promise<void>;
  stop(): Promise<void>;
  agents(): readonly AgentDescriptor[];
  /**
   * Resolves after a scan that began after this call: what is registered now is known then.
   * @throws BridgeError `REDIS_UNAVAILABLE`
   */
  refresh(): Promise<void>;
  malformed(): readonly MalformedAgent[];
  /** Called after any change that may let held work go. */
  onChange(listener: () => void): () => void;
}
