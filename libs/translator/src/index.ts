export { encodeAssignment, writeAssignment, type Assignment, type AssignmentFields } from './legacy/assignment.ts';
export { isTimeZone, parseNaive, toNaive } from './legacy/naive-time.ts';
export { pythonFloat, pythonJson, type PythonFloat, type PythonValue } from './legacy/python-json.ts';
export { MAX_REPLY_DEPTH, parseReply, partOfOutput } from './legacy/reply.ts';
