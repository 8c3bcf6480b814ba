import type { RunEvent } from '@bridge/contracts';
import type { StepState, StepStatus } from '../state.ts';
import { codeOf } from './code-of.ts';

export type StepEvent = Extract<RunEvent, { type: `step.${string}` }>;

/** What one status says about a step goes when the step leaves it. */
function enter(step: StepState, status: StepStatus): StepState {
  const { id, epoch, retries, attempts, continuedWith } = step;
  return { id, status, epoch, retries, attempts, ...(continuedWith === undefined ? {} : { continuedWith }) };
}

export function evolveStep(step: StepState, event: StepEvent): StepState {
  switch (event.type) {
    case 'step.held':
      return {
        ...enter(step, 'held'),
        queueWaitUntil: event.until,
        retryAt: event.retryAt,
        holds: (step.holds ?? 0) + 1,
        code: codeOf(event.code),
        reason: event.reason,
      };
    case 'step.backoff':
      return {
        ...enter(step, 'backoff'),
        retries: step.retries + 1,
        retryAt: event.until,
        code: codeOf(event.code),
      };
    case 'step.awaiting':
      return { ...enter(step, 'awaiting'), awaiting: event.state };
    case 'step.completed':
      return { ...enter(step, 'completed'), endedAt: event.at };
    case 'step.failed':
      return { ...enter(step, 'failed'), endedAt: event.at, code: codeOf(event.code), reason: event.message };
    case 'step.canceled':
      return {
        ...enter(step, 'canceled'),
        endedAt: event.at,
        ...(event.code === undefined ? {} : { code: codeOf(event.code) }),
        ...(event.reason === undefined ? {} : { reason: event.reason }),
      };
    case 'step.parked':
      return {
        ...enter(step, 'parked'),
        parkedAt: event.at,
        code: codeOf(event.code),
        reason: event.message,
      };
    case 'step.dead-lettered':
      return { ...step, deadLettered: true };
    case 'step.replayed':
      return { ...enter(step, 'held'), epoch: step.epoch + 1, retries: 0 };
  }
}
