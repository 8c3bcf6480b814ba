import { createHash } from 'node:crypto';
import { useRedis } from '@bridge/test-kit';
import { startTestGateway, type RunningGateway } from './gateway.fixture.ts';

const redis = useRedis({ failOnLeaks: false });
let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startTestGateway(redis.url());
});
afterAll(() => gateway.stop());

async function card(
  path: string,
  headers: Record<string, string> = {},
  url = gateway.url,
): Promise<{ headers: Headers; card: Record<string, unknown> }> {
  const response = await fetch(`${url}/.well-known/${path}`, { headers });
  expect(response.status).toBe(200);
  return { headers: response.headers, card: (await response.json()) as Record<string, unknown> };
}

// Written by hand from the published schemas of the three versions, not by any translator.
const RPC = 'http://gateway.test:8080/rpc';
const INTERFACES = [
  { url: RPC, protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
  { url: RPC, protocolBinding: 'JSONRPC', protocolVersion: '0.3' },
];
const MODES = ['text/plain', 'application/json'];

it('0.2.6 at agent.json', async () => {
  const { card: v026, headers } = await card('agent.json');
  expect(v026).toMatchObject({
    protocolVersion: '0.2.6',
    name: 'A2A Bridge',
    url: RPC,
    preferredTransport: 'JSONRPC',
    version: '0.0.0',
    capabilities: { streaming: true, pushNotifications: false },
    defaultInputModes: MODES,
    defaultOutputModes: MODES,
    skills: [{ id: 'task_execution' }, { id: 'orchestration' }],
  });
  expect(v026).not.toHaveProperty('supportedInterfaces');
  expect(v026).not.toHaveProperty('signatures');
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
});

it.each([[undefined], ['0.3'], ['0.3.0']])(
  '0.3 with the interfaces of 1.0 for A2A-Version %s',
  async (version) => {
    const { card: hybrid } = await card(
      'agent-card.json',
      version === undefined ? {} : { 'a2a-version': version },
    );
    expect(hybrid).toMatchObject({
      protocolVersion: expect.stringMatching(/^0\.3(\.0)?$/) as unknown,
      name: 'A2A Bridge',
      url: RPC,
      preferredTransport: 'JSONRPC',
      capabilities: { streaming: true, pushNotifications: false },
      defaultInputModes: MODES,
      skills: [{ id: 'task_execution' }, { id: 'orchestration' }],
      supportedInterfaces: INTERFACES,
    });
  },
);

it.each([
  ['1.0', ''],
  ['1.0.1', ''],
  [undefined, '?A2A-Version=1.0'],
])('plain 1.0 for A2A-Version %s%s', async (version, query) => {
  const { card: v1 } = await card(
    `agent-card.json${query}`,
    version === undefined ? {} : { 'a2a-version': version },
  );
  expect(v1).toMatchObject({
    name: 'A2A Bridge',
    version: '0.0.0',
    supportedInterfaces: INTERFACES,
    capabilities: { streaming: true, pushNotifications: false },
    skills: [{ id: 'task_execution', tags: ['task', 'execution', 'agents'] }, { id: 'orchestration' }],
  });
  expect(v1).not.toHaveProperty('url');
  expect(v1).not.toHaveProperty('protocolVersion');
});

it('can be cached, and says what it varies with', async () => {
  const { headers } = await card('agent-card.json');
  const etag = headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  expect(headers.get('vary')).toMatch(/A2A-Version/i);
  expect(headers.get('cache-control')).toBe('public, max-age=300');
  expect((await card('agent-card.json', { 'a2a-version': '1.0' })).headers.get('etag')).not.toBe(etag);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await fetch(`${gateway.url}/.well-known/agent-card.json`, {
      headers: { 'if-none-match': known },
    });
    expect([again.status, await again.text()]).toEqual([304, '']);
  }
});

it('names the credentials that are asked for, in every version', async () => {
  const API_KEYS = JSON.stringify([
    { principal: 'alice', sha256: createHash('sha256').update('k').digest('hex') },
  ]);
  const closed = await startTestGateway(redis.url(), { AUTH: 'api-key', API_KEYS });
  try {
    const old = {
      apiKey: { type: 'apiKey', name: 'x-api-key', in: 'header' },
      bearer: { type: 'http', scheme: 'Bearer' },
    };
    const v026 = (await card('agent.json', {}, closed.url)).card;
    expect(v026).toMatchObject({ securitySchemes: old, security: [{ apiKey: [] }, { bearer: [] }] });
    expect((await card('agent-card.json', {}, closed.url)).card).toMatchObject({
      securitySchemes: old,
      security: [{ apiKey: [] }, { bearer: [] }],
    });
    expect((await card('agent-card.json', { 'a2a-version': '1.0' }, closed.url)).card).toMatchObject({
      securitySchemes: {
        apiKey: { apiKeySecurityScheme: { name: 'x-api-key', location: 'header' } },
        bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } },
      },
      securityRequirements: [{ schemes: { apiKey: {} } }, { schemes: { bearer: {} } }],
    });
  } finally {
    await closed.stop();
  }
});
