import type { CoreTask, Owner } from '@bridge/contracts';
import type { TaskReply } from '../scripts/task.ts';
import { checkRunSchema, decodeOutputs, decodeRecord, decodePart } from './run-codec.ts';

/** Metadata of ours on tasks and events. */
export const METADATA_KEY = 'a2a-bridge';

/** What clients may see: the acceptance record alone is a submitted task. */
export function toTask(reply: TaskReply): { readonly owner: Owner; readonly task: CoreTask } {
  const record = decodeRecord(reply.record);
  const owner = { tenant: record.tenant, principal: record.principal };
  const common = { taskId: record.runId, contextId: record.contextId };
  if (reply.run === null) {
    return {
      owner,
      task: {
        ...common,
        status: { state: 'submitted', at: record.acceptedAt },
        artifacts: [],
        history: [record.message],
        number: 0,
      },
    };
  }
  checkRunSchema(reply.run.schemaVersion);
  const metadata = decodePart.metadata(reply.run.meta);
  return {
    owner,
    task: {
      ...common,
      status: decodePart.status(reply.run.status),
      artifacts: decodeOutputs(reply.outputs),
      history: [record.message, ...decodePart.messages(reply.run.msgs)],
      ...(Object.keys(metadata).length === 0 ? {} : { metadata: { [METADATA_KEY]: metadata } }),
      number: decodePart.head(reply.run.head).place.n,
    },
  };
}
