/**
 * RunState <-> the fields of the hashes `run` and `outputs`.
 *
 * We wrote these ourselves, so they are trusted and only their schema version is checked: parsing 1,000 steps with a
 * schema at every cache miss would cost more than the rest of a drain.
 */
import { SCHEMA_VERSION, type AcceptanceRecord, type CoreArtifact, type StepId } from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import { changedEntries, type RunState, type StepState } from '@bridge/workflow-core';

const STEP = 's:';
/** Enough digits for every artifact of a run; zero-padded, so that sorting by name is sorting by number. */
const SEQUENCE_DIGITS = 8;

function refuseNewer(schemaVersion: number, what: string): void {
  if (!(schemaVersion <= SCHEMA_VERSION)) {
    throw new BridgeError('SCHEMA_NEWER', `${what} has schema version ${String(schemaVersion)}`);
  }
}

/** @throws BridgeError `SCHEMA_NEWER` */
export function decodeRecord(json: string): AcceptanceRecord {
  const record = JSON.parse(json) as AcceptanceRecord;
  refuseNewer(record.schemaVersion, 'an acceptance record');
  return record;
}

export function toPairs(flat: readonly string[]): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.set(flat[at] ?? '', flat[at + 1] ?? '');
  return pairs;
}

/** Artifacts in the order of their events. Redis keeps no order in a hash; the field names do. */
export function decodeOutputs(flat: readonly string[]): readonly CoreArtifact[] {
  return [...toPairs(flat)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, json]) => JSON.parse(json) as CoreArtifact);
}

/** Any of the run's fields that is not there: the hash was damaged from outside. */
function fieldOf(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name);
  if (value === undefined) throw new BridgeError('INTERNAL', `a stored run has no field ${name}`);
  return value;
}

/** @throws BridgeError `SCHEMA_NEWER` */
export function checkRunSchema(schemaVersion: string | undefined): void {
  refuseNewer(Number(schemaVersion), 'a run');
}

/** The parts of a run that are one field each. */
export const decodePart = {
  head: (json: string) => JSON.parse(json) as RunState['head'],
  status: (json: string) => JSON.parse(json) as RunState['status'],
  metadata: (json: string) => JSON.parse(json) as RunState['metadata'],
  messages: (json: string) => JSON.parse(json) as RunState['messages'],
};

/**
 * @param run flat field-value list of the hash `run`, not empty
 * @param outputs flat field-value list of the hash `outputs`
 * @throws BridgeError `SCHEMA_NEWER`
 */
export function decodeRun(
  record: AcceptanceRecord,
  run: readonly string[],
  outputs: readonly string[],
): RunState {
  const fields = toPairs(run);
  checkRunSchema(fields.get('sv'));
  const steps = new Map<StepId, StepState>();
  // In the order of the plan: the hash has none.
  for (const { id } of record.plan.steps) steps.set(id, JSON.parse(fieldOf(fields, STEP + id)) as StepState);
  return {
    record,
    version: Number(fieldOf(fields, 'v')),
    cursor: fieldOf(fields, 'c'),
    head: decodePart.head(fieldOf(fields, 'head')),
    status: decodePart.status(fieldOf(fields, 'status')),
    metadata: decodePart.metadata(fieldOf(fields, 'meta')),
    steps,
    artifacts: new Map(decodeOutputs(outputs).map((artifact) => [artifact.artifactId, artifact])),
    messages: decodePart.messages(fieldOf(fields, 'msgs')),
  };
}

export interface ChangedFields {
  /** Flat field-value lists. */
  readonly run: string[];
  readonly outputs: string[];
}

/**
 * What differs by reference (the state shares what did not change); everything at the first append, so that the
 * hash alone is the whole truth. Steps and artifacts are never taken away.
 */
export function changedFields(previous: RunState, next: RunState): ChangedFields {
  const first = previous.version === 0;
  const run: string[] = [];
  const outputs: string[] = [];
  if (first || previous.head !== next.head) run.push('head', JSON.stringify(next.head));
  if (first || previous.status !== next.status) run.push('status', JSON.stringify(next.status));
  if (first || previous.metadata !== next.metadata) run.push('meta', JSON.stringify(next.metadata));
  if (first || previous.messages !== next.messages) run.push('msgs', JSON.stringify(next.messages));
  for (const [id, step] of first ? next.steps : changedEntries(previous.steps, next.steps)) {
    run.push(STEP + id, JSON.stringify(step));
  }
  if (first || previous.artifacts !== next.artifacts) {
    let sequence = 0;
    for (const [id, artifact] of next.artifacts) {
      if (first || previous.artifacts.get(id) !== artifact) {
        outputs.push(String(sequence).padStart(SEQUENCE_DIGITS, '0'), JSON.stringify(artifact));
      }
      sequence += 1;
    }
  }
  return { run, outputs };
}

/** The fields that every append writes. */
export function versionFields(version: number, cursor: string): string[] {
  return ['v', String(version), 'c', cursor, 'sv', String(SCHEMA_VERSION)];
}
