import { createHash, timingSafeEqual } from 'node:crypto';
import { BridgeError } from '@bridge/error-policy';
import type { onRequestHookHandler } from 'fastify';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Refuses every request that does not carry the operators' bearer token, before anything of it is read. */
export function requireToken(token: string): onRequestHookHandler {
  // Digests have one length, so comparing them tells nothing about the token's.
  const expected = digest(token);
  return (request, reply, done) => {
    const [scheme = '', presented = ''] = (request.headers.authorization ?? '').split(' ');
    if (scheme.toLowerCase() === 'bearer' && timingSafeEqual(digest(presented), expected)) {
      done();
      return;
    }
    void reply.header('www-authenticate', 'Bearer realm="a2a-bridge"');
    done(new BridgeError('UNAUTHENTICATED'));
  };
}
