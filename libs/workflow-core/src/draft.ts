import type { CoreArtifact, CoreMessage, CoreStatus, JsonObject } from '@bridge/contracts';
import { follow, giveDerived, takeDerived, type Derived } from './derived.ts';
import { noteOrigin } from './lineage.ts';
import { SlotMap } from './slot-map.ts';
import type { RunHead, RunState, StepState } from './state.ts';

/**
 * A run while events are applied to it. The state it began with never changes.
 */
export interface Draft {
  readonly record: RunState['record'];
  readonly steps: RunState['steps'];
  readonly derived: Derived;
  head: RunHead;
  status: CoreStatus;
  metadata: JsonObject;
  messages: readonly CoreMessage[];
  setStep(step: StepState): void;
  setArtifact(artifact: CoreArtifact): void;
  /** The state reached; the draft must not be used afterwards. */
  finish(): RunState;
}

export function createDraft(before: RunState): Draft {
  const { record } = before;
  const steps = changesOf(before.steps);
  const artifacts = changesOf(before.artifacts);
  const derived = takeDerived(record.plan, before.steps);

  return {
    record,
    derived,
    head: before.head,
    status: before.status,
    metadata: before.metadata,
    messages: before.messages,
    get steps() {
      return steps.current();
    },
    setStep(step: StepState): void {
      const known = steps.current().get(step.id);
      if (known === undefined) return;
      steps.set(step.id, step);
      follow(derived, record.plan, known, step);
    },
    setArtifact(artifact: CoreArtifact): void {
      artifacts.set(artifact.artifactId, artifact);
    },
    finish(): RunState {
      giveDerived(steps.finish(), derived);
      const { version, cursor } = before;
      const { head, status, metadata, messages } = this;
      return {
        record,
        version,
        cursor,
        head,
        status,
        metadata,
        steps: steps.current(),
        artifacts: artifacts.finish(),
        messages,
      };
    },
  };
}

interface Changes<K, V> {
  current(): ReadonlyMap<K, V>;
  set(key: K, value: V): void;
  finish(): ReadonlyMap<K, V>;
}

function changesOf<K, V>(before: ReadonlyMap<K, V>): Changes<K, V> {
  let after: SlotMap<K, V> | undefined;
  const changed = new Set<K>();
  return {
    current: () => after ?? before,
    set(key, value) {
      after = (after ?? SlotMap.from(before)).with(key, value);
      changed.add(key);
    },
    finish() {
      if (after === undefined) return before;
      noteOrigin(before, after, changed);
      return after;
    },
  };
}
