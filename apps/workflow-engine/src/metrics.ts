import { CoreTaskState } from '@bridge/contracts';
import { JOB_OUTCOMES } from '@bridge/queues';
import { defineMetrics, type MetricsOf } from '@bridge/service-kit';

const ENDED = CoreTaskState.options;

/** Every metric of the engine. Labels are closed sets: never an id, an agent or a name that somebody chose. */
export const METRICS = {
  appends: {
    type: 'counter',
    name: 'a2a_engine_appends_total',
    help: 'Decisions that became part of their run.',
  },
  drains: {
    type: 'counter',
    name: 'a2a_engine_drain_events_total',
    help: 'What happened to drains beside success: conflicts, reloads, observations left to the sweep, unknown runs, inputs of newer versions, removed runs.',
    labels: { what: ['conflict', 'dropped-observations', 'unknown-run', 'newer-input', 'reload', 'removed'] },
  },
  runsEnded: {
    type: 'counter',
    name: 'a2a_engine_runs_ended_total',
    help: 'Runs that ended, by state.',
    labels: { state: ENDED },
  },
  runDuration: {
    type: 'histogram',
    name: 'a2a_engine_run_duration_seconds',
    help: 'From the start of a run to its end.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86400],
  },
  attempts: {
    type: 'counter',
    name: 'a2a_engine_attempts_total',
    help: 'Attempts by what became of them: recorded, answered, revoked.',
    labels: { what: ['recorded', 'answered', 'revoked'] },
  },
  stepsParked: {
    type: 'counter',
    name: 'a2a_engine_steps_parked_total',
    help: 'Steps that only an operator can go on with.',
  },
  stepsRetried: {
    type: 'counter',
    name: 'a2a_engine_steps_retried_total',
    help: 'Steps that entered a backoff.',
  },
  found: {
    type: 'counter',
    name: 'a2a_engine_reconciler_finds_total',
    help: 'What a reconciler found that should not have been left: runs in ready, gaps in the notices, inputs nobody can read.',
    labels: { what: ['stale-ready', 'notice-gap', 'poison-input'] },
  },
  failures: {
    type: 'counter',
    name: 'a2a_engine_failures_total',
    help: 'Things that failed and are tried again by their agenda or index, by code.',
    labels: { code: ['REDIS_UNAVAILABLE', 'INTERNAL', 'other'] },
  },
  wakeups: {
    type: 'counter',
    name: 'a2a_engine_wakeups_total',
    help: 'Wake-up jobs taken up, by outcome.',
    labels: { outcome: JOB_OUTCOMES },
  },
  stalled: {
    type: 'counter',
    name: 'a2a_engine_wakeups_stalled_total',
    help: 'Wake-up jobs of engines that died.',
  },
  partitions: { type: 'gauge', name: 'a2a_engine_partitions', help: 'Partitions this engine looks after.' },
  inFlight: { type: 'gauge', name: 'a2a_engine_attempts_in_flight', help: 'Open attempts of this engine.' },
  held: { type: 'gauge', name: 'a2a_engine_runs_held', help: 'Runs with a step that waits for an agent.' },
  agents: { type: 'gauge', name: 'a2a_engine_agents', help: 'Agents in the directory.' },
  malformedAgents: {
    type: 'gauge',
    name: 'a2a_engine_agents_malformed',
    help: 'Entries of the registry that cannot be read.',
  },
  notices: {
    type: 'counter',
    name: 'a2a_engine_notice_events_total',
    help: 'The notices of the legacy Redis: armed, refused, broken, switched to polling, names of strangers.',
    labels: { what: ['armed', 'refused', 'broken-redirect', 'gap', 'polling', 'stranger'] },
  },
  redisErrors: {
    type: 'counter',
    name: 'a2a_engine_redis_connection_errors_total',
    help: 'Connection errors by client.',
    labels: { client: ['runs', 'legacy', 'notices', 'queues'] },
  },
} as const;

export type EngineMetrics = MetricsOf<typeof METRICS>;
export const createMetrics = (register: Parameters<typeof defineMetrics>[0]): EngineMetrics =>
  defineMetrics(register, METRICS);
