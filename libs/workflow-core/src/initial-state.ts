import type { AcceptanceRecord, CoreArtifact, StepId } from '@bridge/contracts';
import { SlotMap } from './slot-map.ts';
import type { RunState, StepState } from './state.ts';

/** The run before anything happened: accepted, submitted, nothing decided. */
export function initialState(record: AcceptanceRecord): RunState {
  return {
    record,
    version: 0,
    cursor: '0-0',
    head: { phase: 'accepted', startedAt: 0, deadlineAt: 0, place: { n: 0, k: 0 } },
    status: { state: 'submitted', at: record.acceptedAt },
    metadata: {},
    steps: SlotMap.from(
      new Map(record.plan.steps.map(({ id }): [StepId, StepState] => [id, initialStep(id)])),
    ),
    artifacts: SlotMap.from(new Map<string, CoreArtifact>()),
    messages: [],
  };
}

function initialStep(id: StepId): StepState {
  return { id, status: 'waiting', epoch: 0, retries: 0, attempts: [] };
}
