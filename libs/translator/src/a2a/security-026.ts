import type { OAuthFlows, SecurityRequirement, SecurityScheme } from '@a2a-js/sdk';
import type { JsonObject } from '@bridge/contracts';

/** The scheme as 0.2.6 writes it (OpenAPI style), or `null` where 0.2.6 has none: mutual TLS, the device flow. */
export function toScheme026({ scheme }: SecurityScheme): JsonObject | null {
  switch (scheme?.$case) {
    case 'apiKeySecurityScheme': {
      const { name, location, description } = scheme.value;
      return { type: 'apiKey', name, in: location, ...present({ description }) };
    }
    case 'httpAuthSecurityScheme': {
      const { scheme: name, bearerFormat, description } = scheme.value;
      return { type: 'http', scheme: name, ...present({ bearerFormat, description }) };
    }
    case 'oauth2SecurityScheme': {
      const flows = toFlows026(scheme.value.flows);
      return flows === null
        ? null
        : { type: 'oauth2', flows, ...present({ description: scheme.value.description }) };
    }
    case 'openIdConnectSecurityScheme': {
      const { openIdConnectUrl, description } = scheme.value;
      return { type: 'openIdConnect', openIdConnectUrl, ...present({ description }) };
    }
    case 'mtlsSecurityScheme':
    case undefined:
      return null;
  }
}

function toFlows026(flows: OAuthFlows | undefined): JsonObject | null {
  const flow = flows?.flow;
  switch (flow?.$case) {
    case 'authorizationCode': {
      const { authorizationUrl, tokenUrl, refreshUrl, scopes } = flow.value;
      return {
        authorizationCode: { authorizationUrl, tokenUrl, scopes: { ...scopes }, ...present({ refreshUrl }) },
      };
    }
    case 'clientCredentials': {
      const { tokenUrl, refreshUrl, scopes } = flow.value;
      return { clientCredentials: { tokenUrl, scopes: { ...scopes }, ...present({ refreshUrl }) } };
    }
    case 'implicit': {
      const { authorizationUrl, refreshUrl, scopes } = flow.value;
      return { implicit: { authorizationUrl, scopes: { ...scopes }, ...present({ refreshUrl }) } };
    }
    case 'password': {
      const { tokenUrl, refreshUrl, scopes } = flow.value;
      return { password: { tokenUrl, scopes: { ...scopes }, ...present({ refreshUrl }) } };
    }
    case 'deviceCode':
    case undefined:
      return null;
  }
}

/**
 * An alternative that needs a scheme 0.2.6 cannot express is no way in for its clients, so it is left out whole.
 *
 * @param known names of the schemes that the 0.2.6 card has
 */
export function toSecurity026(
  requirements: readonly SecurityRequirement[],
  known: ReadonlySet<string>,
): JsonObject[] {
  return requirements
    .filter(({ schemes }) => Object.keys(schemes).every((name) => known.has(name)))
    .map(({ schemes }) =>
      Object.fromEntries(Object.entries(schemes).map(([name, { list }]) => [name, [...list]])),
    );
}

/** The members that say something: the SDK writes an empty string where JSON leaves a member out. */
function present(members: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== ''));
}
