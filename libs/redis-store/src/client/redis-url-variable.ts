import { createSecret, type Secret } from '@bridge/service-kit';
import { z } from 'zod';
import { parseRedisUrl } from './redis-url.ts';

/** A configuration variable that names a Redis: shown as its hosts, never with its password. */
export function redisUrl(): z.ZodType<Secret, string> {
  return z
    .string()
    .transform((text, context) => {
      try {
        const { nodes } = parseRedisUrl(text);
        const shown = nodes.map((node) => ('path' in node ? node.path : `${node.host}:${String(node.port)}`));
        return createSecret(text, shown.join(','));
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    })
    .meta({ expects: 'redis://host:port/db; several separated by commas are a cluster', secret: true });
}
