import type { AcceptanceRecord } from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import type { HandlerDeps } from './deps.ts';

/**
 * Makes the task durable (law L1) and tells an engine. Resolves only when the task is listed for its owner and the
 * record is in Redis. Rejects with MESSAGE_ID_CONFLICT when the messageId stands for another body (law L2), and
 * with REDIS_UNAVAILABLE when nobody can know: the retry finds the same task.
 */
export async function acceptTask(deps: HandlerDeps, record: AcceptanceRecord): Promise<'new' | 'known'> {
  const result = await deps.store.accept(record);
  switch (result.kind) {
    case 'put':
      deps.observe.accepted(record, 'put');
      deps.wake(record.runId);
      return 'new';
    case 'duplicate':
      deps.observe.accepted(record, 'duplicate');
      // The first wake-up may have died with its sender.
      deps.wake(record.runId);
      return 'known';
    case 'conflict':
      deps.observe.accepted(record, 'conflict');
      throw new BridgeError('MESSAGE_ID_CONFLICT');
    case 'unknown-run':
      throw new BridgeError('INTERNAL', undefined, {
        cause: new Error('a start was answered with unknown-run'),
      });
  }
}
