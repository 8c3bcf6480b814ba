export { toCard026 } from './a2a/card-026.ts';
export { buildCard, type CardOptions, type CardSkill } from './a2a/cards.ts';
export { checkHistoryLength, checkMessage, type Malformed } from './a2a/check.ts';
export { fromCoreMessage, toCoreMessage } from './a2a/messages.ts';
export { fromCorePart, toCorePart } from './a2a/parts.ts';
export { fromCoreRole, fromCoreState, toCoreRole, toCoreState } from './a2a/states.ts';
export {
  fromCoreArtifact,
  fromCoreStatus,
  fromCoreTask,
  fromVisibleEvent,
  type TaskView,
} from './a2a/tasks.ts';
export {
  encodeAssignment,
  writeAssignment,
  type Assignment,
  type AssignmentFields,
} from './legacy/assignment.ts';
export { isTimeZone, parseNaive, toNaive } from './legacy/naive-time.ts';
export { pythonFloat, pythonJson, type PythonFloat, type PythonValue } from './legacy/python-json.ts';
export { MAX_REPLY_DEPTH, parseReply, partOfOutput } from './legacy/reply.ts';
