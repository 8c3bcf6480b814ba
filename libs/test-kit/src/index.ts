export { openStream, rpc, rpcStream, type RpcAnswer, type RpcStream, type SseEvent } from './a2a-driver.ts';
export type { AgentStyle, ReceivedTask, ReplyFields } from './agent-styles.ts';
export {
  GARBAGE_KINDS,
  answer,
  crashAfterPop,
  duplicate,
  failing,
  garbage,
  inTurn,
  inputRequired,
  late,
  progressThenAnswer,
  silent,
  type AgentHands,
  type Answer,
  type Behaviour,
  type GarbageKind,
} from './behaviours.ts';
export { eventually, type EventuallyOptions } from './eventually.ts';
export { createFakeAgent, type FakeAgent, type FakeAgentOptions } from './fake-agent.ts';
export { createGate, type Gate } from './gate.ts';
export { monitor, type Monitor, type MonitoredCommand } from './monitor.ts';
export { pythonJson, pythonTime, pythonTimestamp, type PythonValue } from './python-json.ts';
export {
  useRedis,
  type ClientOptions,
  type RedisFixture,
  type RedisFixtureOptions,
} from './redis-fixture.ts';
export { snapshotKeys, type KeySnapshot } from './snapshot-keys.ts';
