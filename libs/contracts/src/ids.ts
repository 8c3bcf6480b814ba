import { z } from 'zod';

/** The version every record, input, event and job of today carries. A reader leaves a newer one for a newer reader. */
export const SCHEMA_VERSION = 1;

/** A run is a task: one id for both. UUID-shaped, lower case. */
export const RunId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
  .brand<'RunId'>();
export type RunId = z.infer<typeof RunId>;

/** Step ids are part of marker keys on the legacy Redis, so their alphabet is closed. */
export const StepId = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/)
  .brand<'StepId'>();
export type StepId = z.infer<typeof StepId>;

/** How many partitions a deployment's runs are spread over. Fixed at its first start. */
export const PARTITIONS = 64;

/** `p00`..`p63`: the hash tag of everything that belongs to the runs of one partition. */
export type PartitionTag = `p${string}`;

export function partitionTag(partition: number): PartitionTag {
  return `p${String(partition).padStart(2, '0')}`;
}

/** Run ids are HMACs, so their first 32 bits are evenly spread already. */
export function partitionOf(runId: RunId, partitions: number = PARTITIONS): number {
  return Number.parseInt(runId.slice(0, 8), 16) % partitions;
}

/** `pNN.{runId}.{32 hex}`: leads from the name of a reply list back to its run. */
export const AttemptId = z
  .string()
  .regex(/^p\d{2}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[0-9a-f]{32}$/)
  .brand<'AttemptId'>();
export type AttemptId = z.infer<typeof AttemptId>;

/** @param random 32 lower-case hex digits, 128 random bits */
export function attemptIdOf(runId: RunId, random: string, partitions: number = PARTITIONS): AttemptId {
  return AttemptId.parse(`${partitionTag(partitionOf(runId, partitions))}.${runId}.${random}`);
}

export interface AttemptIdParts {
  readonly partition: number;
  readonly runId: RunId;
  /** The 32 hex digits that make the attempt unique; also the tail of its legacy task id. */
  readonly random: string;
}

/** `null` for anything that is not an attempt id: reply lists of strangers exist. */
export function parseAttemptId(value: string): AttemptIdParts | null {
  const parsed = AttemptId.safeParse(value);
  if (!parsed.success) return null;
  const [tag = '', runId = '', random = ''] = parsed.data.split('.');
  return { partition: Number(tag.slice(1)), runId: runId as RunId, random };
}

/** `from_agent` of an assignment, hence the agent answers to `queue:{replyName}`. */
export function replyNameOf(attemptId: AttemptId): string {
  return `a2a_bridge:${attemptId}`;
}

/** `id` and `payload.task_id` of an assignment: the old bridge's prefix, a longer random part. */
export function legacyTaskIdOf(attemptId: AttemptId): string {
  return `a2a_task_${attemptId.slice(attemptId.lastIndexOf('.') + 1)}`;
}
