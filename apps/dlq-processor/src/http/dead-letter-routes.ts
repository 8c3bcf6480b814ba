import { BridgeError } from '@bridge/error-policy';
import type { DeadLetterEntry, DeadLetterStore } from '@bridge/redis-store';
import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';

const ListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().min(1).max(1_024).optional(),
});
const EntryParams = z.object({ id: z.string().min(1).max(512) });

/** An entry as the API shows it: one flat object, times as ISO. No message text in it (law L14). */
function toView({ letter, state, firstSeen, lastSeen }: DeadLetterEntry): Record<string, unknown> {
  const { at, schemaVersion, ...rest } = letter;
  return {
    ...rest,
    state,
    firstSeen: new Date(firstSeen).toISOString(),
    lastSeen: new Date(lastSeen).toISOString(),
  };
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BridgeError('REQUEST_MALFORMED', z.prettifyError(parsed.error));
}

/** `GET /v1/dead-letters?limit=1..500&cursor=` and `GET /v1/dead-letters/{id}`. */
export function deadLetterRoutes(store: DeadLetterStore): FastifyPluginCallback {
  return (app, _options, done) => {
    app.get('/v1/dead-letters', async (request) => {
      const { limit, cursor } = parse(ListQuery, request.query);
      const { items, nextCursor } = await store.list({ limit, ...(cursor === undefined ? {} : { cursor }) });
      return { items: items.map(toView), nextCursor };
    });
    app.get('/v1/dead-letters/:id', async (request) => {
      const { id } = parse(EntryParams, request.params);
      const entry = await store.get(id);
      if (entry === null) throw new BridgeError('DEAD_LETTER_NOT_FOUND');
      return toView(entry);
    });
    done();
  };
}
