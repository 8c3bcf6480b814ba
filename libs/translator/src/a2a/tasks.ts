import type { Artifact, Message, StreamResponse, Task, TaskStatus } from '@a2a-js/sdk';
import type { CoreArtifact, CoreMessage, CoreStatus, CoreTask, VisibleEvent } from '@bridge/contracts';
import { fromCoreMessage } from './messages.ts';
import { fromCorePart } from './parts.ts';
import { fromCoreState } from './states.ts';

export interface TaskView {
  /** The newest n messages of the history: 0 means none, absent means all. */
  readonly historyLength?: number | undefined;
  /** For lists; true where absent. */
  readonly includeArtifacts?: boolean | undefined;
}

export function fromCoreTask(task: CoreTask, view: TaskView = {}): Task {
  return {
    id: task.taskId,
    contextId: task.contextId,
    status: fromCoreStatus(task.status),
    artifacts: view.includeArtifacts === false ? [] : task.artifacts.map(fromCoreArtifact),
    history: newest(task.history, view.historyLength),
    metadata: task.metadata,
  };
}

function newest(history: readonly CoreMessage[], count: number | undefined): Message[] {
  const first = count === undefined ? 0 : Math.max(0, history.length - count);
  return history.slice(first).map(fromCoreMessage);
}

export function fromCoreStatus(status: CoreStatus): TaskStatus {
  return {
    state: fromCoreState(status.state),
    message: status.message === undefined ? undefined : fromCoreMessage(status.message),
    timestamp: new Date(status.at).toISOString(),
  };
}

export function fromCoreArtifact(artifact: CoreArtifact): Artifact {
  return {
    artifactId: artifact.artifactId,
    name: artifact.name ?? '',
    description: artifact.description ?? '',
    parts: artifact.parts.map(fromCorePart),
    metadata: artifact.metadata,
    extensions: [],
  };
}

/** One visible event is one A2A event (law L10). Its number is not in it: the transport carries that as the SSE id. */
export function fromVisibleEvent(taskId: string, contextId: string, event: VisibleEvent): StreamResponse {
  switch (event.type) {
    case 'status':
      return {
        payload: {
          $case: 'statusUpdate',
          value: { taskId, contextId, status: fromCoreStatus(event), metadata: event.metadata },
        },
      };
    case 'artifact':
      return {
        payload: {
          $case: 'artifactUpdate',
          // Every artifact of ours is whole: nothing is appended, and no chunk follows.
          value: {
            taskId,
            contextId,
            artifact: fromCoreArtifact(event.artifact),
            append: false,
            lastChunk: true,
            metadata: undefined,
          },
        },
      };
  }
}
