import type { AgentCard, AgentProvider, AgentSkill, SecurityRequirement, SecurityScheme } from '@a2a-js/sdk';
import { duplicateInterfacesForLegacy } from '@a2a-js/sdk/compat/v0_3';

export interface CardSkill {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly examples?: readonly string[];
  /** Media types; the card's defaults where absent. */
  readonly inputModes?: readonly string[];
  readonly outputModes?: readonly string[];
}

export interface CardOptions {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** `PUBLIC_URL`: the only source of URLs in cards. A trailing slash is ignored. */
  readonly publicUrl: string;
  readonly skills: readonly CardSkill[];
  readonly streaming: boolean;
  readonly pushNotifications: boolean;
  readonly securitySchemes?: Readonly<Record<string, SecurityScheme>>;
  /** Any one of these suffices. */
  readonly securityRequirements?: readonly SecurityRequirement[];
  readonly provider?: AgentProvider;
  readonly documentationUrl?: string;
}

/** What goes in and comes out unless a skill says otherwise: text, or a JSON value as a data part. */
const DEFAULT_MODES = ['text/plain', 'application/json'];

/** Where JSON-RPC of every version is served, below `publicUrl`. */
const RPC_PATH = '/rpc';

/**
 * The 1.0 card. It offers each binding twice, as 1.0 and as 0.3: without a 0.3 interface in the card the SDK
 * refuses every call of a 0.3 or 0.2.6 client.
 */
export function buildCard(options: CardOptions): AgentCard {
  const url = `${options.publicUrl.replace(/\/+$/, '')}${RPC_PATH}`;
  return {
    name: options.name,
    description: options.description,
    version: options.version,
    supportedInterfaces: duplicateInterfacesForLegacy(
      [{ url, protocolBinding: 'JSONRPC', tenant: '', protocolVersion: '1.0' }],
      ['JSONRPC'],
    ),
    provider: options.provider,
    documentationUrl: options.documentationUrl,
    capabilities: {
      streaming: options.streaming,
      pushNotifications: options.pushNotifications,
      extensions: [],
      extendedAgentCard: undefined,
    },
    securitySchemes: { ...options.securitySchemes },
    securityRequirements: [...(options.securityRequirements ?? [])],
    defaultInputModes: [...DEFAULT_MODES],
    defaultOutputModes: [...DEFAULT_MODES],
    skills: options.skills.map(skillOf),
    signatures: [],
    iconUrl: undefined,
  };
}

function skillOf(skill: CardSkill): AgentSkill {
  return {
    id: skill.id,
    name: skill.name,
    description: skill.description,
    tags: [...skill.tags],
    examples: [...(skill.examples ?? [])],
    inputModes: [...(skill.inputModes ?? [])],
    outputModes: [...(skill.outputModes ?? [])],
    securityRequirements: [],
  };
}
