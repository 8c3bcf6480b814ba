export { QUEUES, policyOf, type JobOf, type QueueName, type QueuePolicy } from './catalogue.ts';
export { createProducer, type Producer, type ProducerDeps, type QueueStats } from './producer.ts';
export {
  createWakeups,
  type WakeResult,
  type Wakeups,
  type WakeupsDeps,
  type WakeupsReport,
} from './wakeups.ts';
export {
  FETCH_LOOP_SILENCE_MS,
  JOB_OUTCOMES,
  createWorker,
  type JobContext,
  type JobHandler,
  type JobOutcome,
  type QueueWorker,
  type WorkerDeps,
  type WorkerReport,
} from './worker.ts';
