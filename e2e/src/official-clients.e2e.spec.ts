import { runJsClient } from './js-client.ts';
import { runPythonClient, testWith, type ClientReport } from './python.ts';
import { countWords } from './statistics.ts';
import { startSystem, type System } from './system.ts';
import { get, send, taskOf } from './wire.ts';

const TEXT = 'the quick brown fox jumps over the lazy dog';
const COUNTED = '9 words, 43 characters';

let system: System;

beforeAll(async () => {
  system = await startSystem({ agents: [{ id: 'counter-1', behaviour: countWords() }] });
}, 60_000);

afterAll(async () => {
  await system.stop();
}, 30_000);

/** 0.2.6 and 0.3: what `kind` says, enums in lower case. */
function expectLegacyReport({ sent, streamed, got }: ClientReport): void {
  const task = {
    kind: 'task',
    status: { state: 'completed' },
    artifacts: [{ parts: [{ kind: 'text', text: COUNTED }] }],
    history: [{ role: 'user', parts: [{ kind: 'text', text: TEXT }] }],
  };
  expect(sent).toMatchObject(task);
  expect(got).toEqual(sent);
  const [first, ...updates] = streamed;
  expect(first).toMatchObject({
    kind: 'task',
    status: { state: expect.stringMatching(/^(submitted|working)$/) as unknown },
  });
  expect(updates.filter((update) => (update as { kind: string }).kind === 'artifact-update')).toMatchObject([
    { artifact: { parts: [{ kind: 'text', text: COUNTED }] } },
  ]);
  expect(updates.at(-1)).toMatchObject({
    kind: 'status-update',
    final: true,
    status: { state: 'completed' },
  });
  expect(updates.slice(0, -1)).not.toContainEqual(expect.objectContaining({ final: true }));
  expect((first as { id: string }).id).not.toBe((sent as { id: string }).id);
}

/** 1.0: ProtoJSON. */
function expectReport({ sent, streamed, got }: ClientReport): void {
  expect(sent).toMatchObject({
    status: { state: 'TASK_STATE_COMPLETED' },
    artifacts: [{ parts: [{ text: COUNTED }] }],
    history: [{ role: 'ROLE_USER', parts: [{ text: TEXT }] }],
  });
  expect(got).toEqual(sent);
  const [first, ...updates] = streamed;
  expect(first).toMatchObject({
    task: { status: { state: expect.stringMatching(/^TASK_STATE_(SUBMITTED|WORKING)$/) as unknown } },
  });
  expect(updates.filter((update) => 'artifactUpdate' in (update as object))).toMatchObject([
    { artifactUpdate: { artifact: { parts: [{ text: COUNTED }] } } },
  ]);
  expect(updates.at(-1)).toMatchObject({ statusUpdate: { status: { state: 'TASK_STATE_COMPLETED' } } });
}

function interfacesOf(card: unknown): { url: string; protocolBinding: string; protocolVersion: string }[] {
  return (
    card as { supportedInterfaces: { url: string; protocolBinding: string; protocolVersion: string }[] }
  ).supportedInterfaces;
}

describe('the official JavaScript client 1.3.0', () => {
  it('speaks 1.0', async () => {
    const report = await runJsClient('1.0', system.gateway.url, TEXT);
    expect(report.card).toMatchObject({ capabilities: { streaming: true } });
    expect(interfacesOf(report.card)).toContainEqual(
      expect.objectContaining({ url: system.rpcUrl, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }),
    );
    expectReport(report);
  });

  it('speaks 0.3 in its legacy mode', async () => {
    const report = await runJsClient('0.3', system.gateway.url, TEXT);
    expect(interfacesOf(report.card)).toContainEqual(
      expect.objectContaining({
        url: system.rpcUrl,
        protocolBinding: 'JSONRPC',
        protocolVersion: expect.stringMatching(/^0\.3/) as unknown,
      }),
    );
    expectReport(report);
  });
});

describe('the official Python client', () => {
  testWith('venv-a2a-0.2.16')('a2a-sdk 0.2.16 speaks 0.2.6', async () => {
    const report = await runPythonClient('0.2.16', system.gateway.url, TEXT);
    expect(report.card).toMatchObject({
      protocolVersion: '0.2.6',
      url: system.rpcUrl,
      capabilities: { streaming: true },
    });
    expectLegacyReport(report);
  });

  testWith('venv-a2a-0.3.26')('a2a-sdk 0.3.26 speaks 0.3', async () => {
    const report = await runPythonClient('0.3.26', system.gateway.url, TEXT);
    expect(report.card).toMatchObject({
      protocolVersion: expect.stringMatching(/^0\.3/) as unknown,
      url: system.rpcUrl,
      preferredTransport: 'JSONRPC',
      capabilities: { streaming: true },
    });
    expectLegacyReport(report);
  });

  testWith('venv-a2a-1.3.0')('a2a-sdk 1.3.0 speaks 1.0', async () => {
    const report = await runPythonClient('1.3.0', system.gateway.url, TEXT);
    expect(interfacesOf(report.card)).toContainEqual(
      expect.objectContaining({ url: system.rpcUrl, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }),
    );
    expectReport(report);
  });
});

it('shows a task of one version to a client of another', async () => {
  const made = taskOf(await send(system.rpcUrl, '0.3', { text: 'three small words' }));
  expect(made).toMatchObject({ state: 'completed', outputs: ['3 words, 17 characters'] });
  expect(taskOf(await get(system.rpcUrl, '1.0', made.id))).toEqual(made);
});
