import type { AgentCapabilities, AgentCard, AgentSkill } from '@a2a-js/sdk';
import type { JsonObject } from '@bridge/contracts';
import { toScheme026, toSecurity026 } from './security-026.ts';

/**
 * The card of 0.2.6, served as JSON at `/.well-known/agent.json`. It is the 0.3 card with another version and
 * without what 0.3 added: signatures, a skill's own security, mutual TLS, `oauth2MetadataUrl`.
 *
 * @throws {TypeError} for a card without a JSON-RPC interface, the only binding of 0.2.6 that is served
 */
export function toCard026(card: AgentCard): JsonObject {
  const rpc = card.supportedInterfaces.find(({ protocolBinding }) => protocolBinding === 'JSONRPC');
  if (rpc === undefined) throw new TypeError('the card has no JSON-RPC interface');
  const { provider, documentationUrl, iconUrl, capabilities } = card;
  const extendedCard = capabilities?.extendedAgentCard;
  return {
    protocolVersion: '0.2.6',
    name: card.name,
    description: card.description,
    url: rpc.url,
    preferredTransport: 'JSONRPC',
    version: card.version,
    ...(iconUrl === undefined || iconUrl === '' ? {} : { iconUrl }),
    ...(provider === undefined
      ? {}
      : { provider: { organization: provider.organization, url: provider.url } }),
    ...(documentationUrl === undefined || documentationUrl === '' ? {} : { documentationUrl }),
    capabilities: toCapabilities026(capabilities),
    ...security026(card),
    defaultInputModes: [...card.defaultInputModes],
    defaultOutputModes: [...card.defaultOutputModes],
    skills: card.skills.map(toSkill026),
    ...(extendedCard === undefined ? {} : { supportsAuthenticatedExtendedCard: extendedCard }),
  };
}

function toCapabilities026(capabilities: AgentCapabilities | undefined): JsonObject {
  const { streaming, pushNotifications, extensions = [] } = capabilities ?? {};
  return {
    ...(streaming === undefined ? {} : { streaming }),
    ...(pushNotifications === undefined ? {} : { pushNotifications }),
    ...(extensions.length === 0
      ? {}
      : {
          extensions: extensions.map(({ uri, description, required, params }) => ({
            uri,
            ...(description === '' ? {} : { description }),
            required,
            ...(params === undefined ? {} : { params: params }),
          })),
        }),
  };
}

function security026(card: AgentCard): JsonObject {
  const schemes: JsonObject = {};
  for (const [name, scheme] of Object.entries(card.securitySchemes)) {
    const translated = toScheme026(scheme);
    if (translated !== null) schemes[name] = translated;
  }
  const security = toSecurity026(card.securityRequirements, new Set(Object.keys(schemes)));
  return {
    ...(Object.keys(schemes).length === 0 ? {} : { securitySchemes: schemes }),
    ...(security.length === 0 ? {} : { security }),
  };
}

function toSkill026(skill: AgentSkill): JsonObject {
  return {
    id: skill.id,
    name: skill.name,
    description: skill.description,
    tags: [...skill.tags],
    ...(skill.examples.length === 0 ? {} : { examples: [...skill.examples] }),
    ...(skill.inputModes.length === 0 ? {} : { inputModes: [...skill.inputModes] }),
    ...(skill.outputModes.length === 0 ? {} : { outputModes: [...skill.outputModes] }),
  };
}
