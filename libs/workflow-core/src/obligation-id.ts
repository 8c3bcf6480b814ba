import { StepId, type Attempt } from '@bridge/contracts';

/** What an obligation is about: the parts of its id. */
export type ObligationRef =
  | {
      readonly kind: 'send' | 'deadline' | 'revoke' | 'close';
      readonly stepId: StepId;
      readonly epoch: number;
      readonly number: number;
    }
  | { readonly kind: 'hold' | 'backoff'; readonly stepId: StepId }
  | { readonly kind: 'park'; readonly stepId: StepId; readonly epoch: number }
  | { readonly kind: 'run-deadline' | 'end' };

/** `{kind}:{step}:{epoch}:{number}`: an attempt's place, not its id, so that an adopted attempt keeps it. */
export function attemptObligation(
  kind: 'send' | 'deadline' | 'revoke' | 'close',
  stepId: StepId,
  attempt: Attempt,
): string {
  return `${kind}:${stepId}:${String(attempt.epoch)}:${String(attempt.number)}`;
}

/** `null` for what is none of this version's obligations. */
export function parseObligation(id: string): ObligationRef | null {
  const [kind, step, epochText, numberText, ...rest] = id.split(':');
  if (kind === 'run-deadline' || kind === 'end') return step === undefined ? { kind } : null;
  const stepId = StepId.safeParse(step);
  if (!stepId.success || rest.length > 0) return null;
  const epoch = count(epochText);
  const number = count(numberText);
  switch (kind) {
    case 'send':
    case 'deadline':
    case 'revoke':
    case 'close':
      return epoch === null || number === null ? null : { kind, stepId: stepId.data, epoch, number };
    case 'hold':
    case 'backoff':
      return epochText === undefined ? { kind, stepId: stepId.data } : null;
    case 'park':
      return epoch === null || numberText !== undefined ? null : { kind, stepId: stepId.data, epoch };
    default:
      return null;
  }
}

function count(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
