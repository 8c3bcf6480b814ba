import { AgentCard } from '@a2a-js/sdk';
import { LegacyRestTransportHandler } from '@a2a-js/sdk/compat/v0_3/server';
import { ServerCallContext, type A2ARequestHandler } from '@a2a-js/sdk/server';
import { buildCard, toCard026, type CardOptions } from '@bridge/translator';
import type { Authenticator } from './auth/authenticator.ts';
import type { Cards } from './routes/cards.ts';

export interface GatewayCardOptions {
  readonly publicUrl: string;
  readonly version: string;
  readonly scheme: Authenticator['scheme'];
}

/** What the bridge can do whatever the fleet is: hand one task to an agent, or run a workflow over several. */
const SKILLS: CardOptions['skills'] = [
  {
    id: 'task_execution',
    name: 'Task execution',
    description:
      'Gives one task to an agent of the fleet that can do it and answers with what the agent answers. ' +
      'An agent, agent type or capability can be required in a data part; the text alone decides nothing.',
    tags: ['task', 'execution', 'agents'],
    examples: ['Count the words of this sentence.'],
  },
  {
    id: 'orchestration',
    name: 'Workflow orchestration',
    description:
      'Runs a workflow: steps that depend on each other, each done by an agent of the fleet, submitted as a data ' +
      'part {"skill": "orchestration", "workflow": {"schemaVersion": 1, "steps": [...]}}.',
    tags: ['workflow', 'orchestration', 'dag'],
    examples: [
      '{"skill":"orchestration","workflow":{"schemaVersion":1,"steps":[{"id":"a","description":"Summarise"},' +
        '{"id":"b","description":"Translate {{a}}","depends_on":["a"]}]}}',
    ],
  },
];

/** The 1.0 card, from which every other card is made. */
export function gatewayCard({ publicUrl, version, scheme }: GatewayCardOptions): AgentCard {
  return buildCard({
    name: 'A2A Bridge',
    description: 'A2A in front of a fleet of agents: every request is a durable workflow, even of one step.',
    version,
    publicUrl,
    skills: SKILLS,
    streaming: true,
    pushNotifications: false,
    ...(scheme === 'api-key' ? API_KEY_SECURITY : {}),
  });
}

/** Either of the two carries the same key. */
const API_KEY_SECURITY: Pick<CardOptions, 'securitySchemes' | 'securityRequirements'> = {
  securitySchemes: {
    apiKey: {
      scheme: {
        $case: 'apiKeySecurityScheme',
        value: { name: 'x-api-key', location: 'header', description: 'The API key.' },
      },
    },
    bearer: {
      scheme: {
        $case: 'httpAuthSecurityScheme',
        value: { scheme: 'Bearer', bearerFormat: '', description: 'The API key as a bearer token.' },
      },
    },
  },
  securityRequirements: [{ schemes: { apiKey: { list: [] } } }, { schemes: { bearer: { list: [] } } }],
};

/** The card in every form that clients ask for. */
export async function allCards(card: AgentCard): Promise<Cards> {
  const v1 = AgentCard.toJSON(card) as object;
  const v03 = await toCard03(card);
  // One body for all who name no version: 0.3 clients read the 0.3 members, 1.x clients the interfaces.
  return { v1, v026: toCard026(card), hybrid: { ...v1, ...v03 } };
}

/** The SDK's own translation; its only door is the transport that serves it. */
async function toCard03(card: AgentCard): Promise<object> {
  const onlyCards = {
    getAgentCard: () => Promise.resolve(card),
    getAuthenticatedExtendedAgentCard: () => Promise.resolve(card),
  } as unknown as A2ARequestHandler;
  return new LegacyRestTransportHandler(onlyCards).getAuthenticatedExtendedAgentCard(new ServerCallContext());
}
