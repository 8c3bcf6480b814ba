import { AgentCard, type SecurityScheme } from '@a2a-js/sdk';
import { LegacyRestTransportHandler } from '@a2a-js/sdk/compat/v0_3/server';
import { ServerCallContext, type A2ARequestHandler } from '@a2a-js/sdk/server';
import { toCard026 } from './card-026.ts';
import { buildCard, type CardOptions } from './cards.ts';

const options: CardOptions = {
  name: 'Bridge',
  description: 'A fleet behind one card',
  version: '0.1.0',
  publicUrl: 'https://bridge.example.org/',
  skills: [
    { id: 'task', name: 'Task', description: 'Does one thing', tags: ['text'] },
    {
      id: 'orchestration',
      name: 'Orchestration',
      description: 'Does many',
      tags: ['dag'],
      examples: ['First this. Then that.'],
      inputModes: ['application/json'],
      outputModes: ['text/plain'],
    },
  ],
  streaming: true,
  pushNotifications: false,
};
const bearer: SecurityScheme = {
  scheme: {
    $case: 'httpAuthSecurityScheme',
    value: { description: 'A token', scheme: 'Bearer', bearerFormat: 'JWT' },
  },
};
const mtls: SecurityScheme = { scheme: { $case: 'mtlsSecurityScheme', value: { description: '' } } };

const skills = [
  { id: 'task', name: 'Task', description: 'Does one thing', tags: ['text'] },
  {
    id: 'orchestration',
    name: 'Orchestration',
    description: 'Does many',
    tags: ['dag'],
    examples: ['First this. Then that.'],
    inputModes: ['application/json'],
    outputModes: ['text/plain'],
  },
];
const modes = {
  defaultInputModes: ['text/plain', 'application/json'],
  defaultOutputModes: ['text/plain', 'application/json'],
};

/** The 0.3 card as the SDK serves it: its translator is not exported, this is the way to it. */
async function sdkCard03(card: AgentCard): Promise<Record<string, unknown>> {
  const get = () => Promise.resolve(card);
  const handler = new LegacyRestTransportHandler({
    getAgentCard: get,
    getAuthenticatedExtendedAgentCard: get,
  } as Partial<A2ARequestHandler> as A2ARequestHandler);
  const card03 = await handler.getAuthenticatedExtendedAgentCard(new ServerCallContext({}));
  return card03 as unknown as Record<string, unknown>;
}

describe('buildCard', () => {
  it('is this on the 1.0 wire: one URL for both versions', () => {
    expect(AgentCard.toJSON(buildCard(options))).toStrictEqual({
      name: 'Bridge',
      description: 'A fleet behind one card',
      version: '0.1.0',
      supportedInterfaces: [
        { url: 'https://bridge.example.org/rpc', protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
        { url: 'https://bridge.example.org/rpc', protocolBinding: 'JSONRPC', protocolVersion: '0.3' },
      ],
      capabilities: { streaming: true, pushNotifications: false },
      ...modes,
      skills,
    });
  });

  it('says how to authenticate', () => {
    const card = buildCard({
      ...options,
      securitySchemes: { bearer },
      securityRequirements: [{ schemes: { bearer: { list: [] } } }],
    });
    expect(AgentCard.toJSON(card)).toMatchObject({
      securitySchemes: {
        bearer: { httpAuthSecurityScheme: { description: 'A token', scheme: 'Bearer', bearerFormat: 'JWT' } },
      },
      securityRequirements: [{ schemes: { bearer: {} } }],
    });
  });

  it('is a card that the SDK can serve to 0.3 clients', async () => {
    expect(await sdkCard03(buildCard(options))).toStrictEqual({
      protocolVersion: '0.3',
      name: 'Bridge',
      description: 'A fleet behind one card',
      version: '0.1.0',
      url: 'https://bridge.example.org/rpc',
      preferredTransport: 'JSONRPC',
      capabilities: { streaming: true, pushNotifications: false },
      ...modes,
      skills,
    });
  });
});

describe('toCard026', () => {
  it('is this at /.well-known/agent.json', () => {
    expect(toCard026(buildCard(options))).toStrictEqual({
      protocolVersion: '0.2.6',
      name: 'Bridge',
      description: 'A fleet behind one card',
      version: '0.1.0',
      url: 'https://bridge.example.org/rpc',
      preferredTransport: 'JSONRPC',
      capabilities: { streaming: true, pushNotifications: false },
      ...modes,
      skills,
    });
  });

  it('differs from the 0.3 card of the SDK in the version and in what 0.3 added', async () => {
    const card = buildCard({
      ...options,
      documentationUrl: 'https://bridge.example.org/docs',
      provider: { organization: 'Org', url: 'https://example.org' },
      securitySchemes: {
        bearer,
        mtls,
        key: {
          scheme: {
            $case: 'apiKeySecurityScheme',
            value: { description: '', location: 'header', name: 'X-Key' },
          },
        },
        oidc: {
          scheme: {
            $case: 'openIdConnectSecurityScheme',
            value: { description: 'd', openIdConnectUrl: 'https://id' },
          },
        },
        oauth: {
          scheme: {
            $case: 'oauth2SecurityScheme',
            value: {
              description: '',
              oauth2MetadataUrl: 'https://id/meta',
              flows: {
                flow: {
                  $case: 'clientCredentials',
                  value: { tokenUrl: 'https://id/token', refreshUrl: '', scopes: { run: 'Run tasks' } },
                },
              },
            },
          },
        },
      },
      securityRequirements: [
        { schemes: { bearer: { list: [] } } },
        { schemes: { oauth: { list: ['run'] } } },
      ],
    });
    const full: AgentCard = {
      ...card,
      iconUrl: 'https://bridge.example.org/icon.svg',
      signatures: [{ protected: 'p', signature: 's', header: undefined }],
      skills: card.skills.map((skill) => ({
        ...skill,
        securityRequirements: [{ schemes: { bearer: { list: [] } } }],
      })),
      capabilities: {
        streaming: true,
        pushNotifications: true,
        extendedAgentCard: true,
        extensions: [{ uri: 'urn:a2a-bridge:ext:x:v1', description: 'X', required: false, params: { a: 1 } }],
      },
    };
    const { signatures, ...card03 } = await sdkCard03(full);
    expect(signatures).toBeDefined();
    const { mtls: stripped, oauth, ...schemes } = card03['securitySchemes'] as Record<string, object>;
    expect(stripped).toBeDefined();
    const { oauth2MetadataUrl, ...oauth026 } = oauth as { oauth2MetadataUrl: string };
    expect(oauth2MetadataUrl).toBe('https://id/meta');
    expect(toCard026(full)).toStrictEqual({
      ...card03,
      protocolVersion: '0.2.6',
      securitySchemes: { ...schemes, oauth: oauth026 },
      skills,
    });
  });

  it('translates every OAuth flow that 0.2.6 knows', () => {
    const scopes = { run: 'Run tasks' };
    const flowOf = (flow: unknown) =>
      toCard026({
        ...buildCard(options),
        securitySchemes: {
          oauth: {
            scheme: {
              $case: 'oauth2SecurityScheme',
              value: { description: '', oauth2MetadataUrl: '', flows: { flow } },
            },
          } as SecurityScheme,
        },
      })['securitySchemes'];
    const urls = { authorizationUrl: 'a', tokenUrl: 't', refreshUrl: 'r', scopes };
    expect(flowOf({ $case: 'authorizationCode', value: { ...urls, pkceRequired: true } })).toStrictEqual({
      oauth: { type: 'oauth2', flows: { authorizationCode: urls } },
    });
    expect(
      flowOf({ $case: 'implicit', value: { authorizationUrl: 'a', refreshUrl: '', scopes } }),
    ).toStrictEqual({
      oauth: { type: 'oauth2', flows: { implicit: { authorizationUrl: 'a', scopes } } },
    });
    expect(flowOf({ $case: 'password', value: { tokenUrl: 't', refreshUrl: 'r', scopes } })).toStrictEqual({
      oauth: { type: 'oauth2', flows: { password: { tokenUrl: 't', refreshUrl: 'r', scopes } } },
    });
    expect(flowOf({ $case: 'deviceCode', value: { ...urls, deviceAuthorizationUrl: 'd' } })).toBeUndefined();
  });

  it('drops an alternative that needs what 0.2.6 cannot express', () => {
    const card = buildCard({
      ...options,
      securitySchemes: { bearer, mtls },
      securityRequirements: [
        { schemes: { mtls: { list: [] }, bearer: { list: [] } } },
        { schemes: { bearer: { list: ['run'] } } },
      ],
    });
    expect(toCard026(card)['security']).toStrictEqual([{ bearer: ['run'] }]);
  });

  it('offers JSON-RPC only', () => {
    const card = buildCard(options);
    const rest = {
      url: 'https://bridge.example.org',
      protocolBinding: 'HTTP+JSON',
      tenant: '',
      protocolVersion: '1.0',
    };
    expect(toCard026({ ...card, supportedInterfaces: [rest, ...card.supportedInterfaces] })).toStrictEqual(
      toCard026(card),
    );
  });

  it('refuses a card that 0.2.6 clients could not use', () => {
    expect(() => toCard026({ ...buildCard(options), supportedInterfaces: [] })).toThrow(TypeError);
  });
});
