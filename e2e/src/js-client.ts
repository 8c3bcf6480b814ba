import { randomUUID } from 'node:crypto';
import { AgentCard, Role, StreamResponse, Task, type SendMessageRequest } from '@a2a-js/sdk';
import {
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  type Client,
  type TransportFactory,
} from '@a2a-js/sdk/client';
import type { ClientReport } from './python.ts';

/** `0.3` is the SDK's legacy mode, held to the card's 0.3 interface: left alone it takes 1.0 where a card has both. */
export type JsMode = '1.0' | '0.3';

export async function connectJsClient(
  baseUrl: string,
  mode: JsMode,
): Promise<{ client: Client; card: AgentCard }> {
  const options = { legacyCompat: { enabled: mode === '0.3' } };
  const resolver = new DefaultAgentCardResolver(options);
  const card = await resolver.resolve(baseUrl);
  const offered = card.supportedInterfaces.filter(({ protocolVersion }) => protocolVersion.startsWith(mode));
  const factory = new ClientFactory({
    // The SDK types these options as a class it does not export, so no typed call could be made of them.
    transports: [Reflect.construct(JsonRpcTransportFactory, [options]) as TransportFactory],
    cardResolver: resolver,
  });
  const client = await factory.createFromAgentCard({ ...card, supportedInterfaces: offered });
  return { client, card };
}

/** What every official client is asked to do: card, send, stream, get. */
export async function runJsClient(mode: JsMode, baseUrl: string, text: string): Promise<ClientReport> {
  const { client, card } = await connectJsClient(baseUrl, mode);
  const sent = await client.sendMessage(requestOf(text));
  if (!('status' in sent)) throw new Error('the answer is a message, not a task');
  const streamed: unknown[] = [];
  for await (const event of client.sendMessageStream(requestOf(text)))
    streamed.push(StreamResponse.toJSON(event));
  const got = await client.getTask({ id: sent.id, tenant: '' });
  return { card: AgentCard.toJSON(card), sent: Task.toJSON(sent), streamed, got: Task.toJSON(got) };
}

export function requestOf(text: string, messageId: string = randomUUID()): SendMessageRequest {
  return {
    tenant: '',
    message: {
      messageId,
      contextId: '',
      taskId: '',
      role: Role.ROLE_USER,
      parts: [{ content: { $case: 'text', value: text }, metadata: undefined, filename: '', mediaType: '' }],
      metadata: undefined,
      extensions: [],
      referenceTaskIds: [],
    },
    configuration: undefined,
    metadata: undefined,
  };
}
