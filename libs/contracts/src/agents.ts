/** An agent as the directory sees it: the legacy hash, normalised, and what we saw ourselves. */
export interface AgentDescriptor {
  readonly id: string;
  readonly type: string;
  readonly capabilities: readonly string[];
  /** The hash's `status`; only `active` takes work. */
  readonly status: string;
  /** Epoch ms on our clock: when the hash was last seen to change, first guess the parsed heartbeat. */
  readonly lastSeenAt: number;
  readonly queueLength: number;
}

/** An entry of `agent:*` that cannot be read; listed, never fatal. */
export interface MalformedAgent {
  readonly key: string;
  readonly reason: string;
}
