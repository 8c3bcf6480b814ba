import { AttemptId } from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import { z } from 'zod';
import type { RedisClient } from '../client/create-redis.ts';
import type { RevokeRequest, RevokeResult, SendRequest, SendResult } from '../ports.ts';
import { defineScript, runScript, type Script } from '../scripts/run-script.ts';
import { LUA } from './lua-sources.ts';

const SEND = defineScript('send', LUA.send);
const REVOKE = defineScript('revoke', LUA.revoke);
const CLOSE = defineScript('close', LUA.close);
const REPLY_COUNTS = defineScript('reply-counts', LUA.replyCounts);

// The markers live on a server that others write to as well, so what comes back is parsed.
const Millis = z.coerce.number().int().nonnegative();
const SendReply = z.union([
  z.tuple([z.literal('sent'), Millis]).transform(([kind, sentAt]): SendResult => ({ kind, sentAt })),
  z
    .tuple([z.literal('exists'), AttemptId, z.string(), Millis])
    .transform(([kind, attemptId, agent, sentAt]): SendResult => ({ kind, attemptId, agent, sentAt })),
  z.tuple([z.literal('refused')]).transform(([kind]): SendResult => ({ kind })),
]);
const RevokeReply = z
  .tuple([z.enum(['never_sent', 'unclaimed', 'claimed_or_lost']), z.enum(['0', '1'])])
  .transform(([verdict, took]): RevokeResult => ({ verdict, agentTookOtherWork: took === '1' }));
const Count = z.number().int();

export interface SendKeys {
  readonly marker: string;
  readonly queue: string;
  readonly correlation: string;
  readonly removed: string;
}
export type SendArguments = Pick<SendRequest, 'attemptId' | 'agent' | 'message' | 'sendBefore'> & {
  readonly correlationS: number;
  readonly markerS: number;
  readonly correlationValue: string;
};

export interface RevokeKeys {
  readonly marker: string;
  readonly queue: string;
  readonly removed: string;
}
export type RevokeArguments = Pick<
  RevokeRequest,
  'attemptId' | 'agent' | 'message' | 'sendBefore' | 'legacyRunId'
> & { readonly markerS: number };

export interface CloseKeys {
  readonly replies: string;
  readonly correlation: string;
}

/** The scripts of the mailbox, typed. All throw BridgeError `REDIS_UNAVAILABLE` (the outcome is unknown), `INTERNAL`. */
export interface MailboxScripts {
  send(keys: SendKeys, args: SendArguments): Promise<SendResult>;
  revoke(keys: RevokeKeys, args: RevokeArguments): Promise<RevokeResult>;
  close(keys: CloseKeys, memoryS: number, tombstone: string): Promise<number>;
  replyCounts(keys: readonly string[], tombstone: string): Promise<readonly number[]>;
}

export function mailboxScripts(redis: RedisClient): MailboxScripts {
  const run = async <T>(
    script: Script,
    schema: z.ZodType<T>,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<T> => {
    const reply = schema.safeParse(await runScript(redis, script, keys, args));
    if (reply.success) return reply.data;
    throw new BridgeError('INTERNAL', `script ${script.name} answered in an unexpected shape`, {
      cause: reply.error,
    });
  };
  return {
    send: (keys, args) =>
      run(
        SEND,
        SendReply,
        [keys.marker, keys.queue, keys.correlation, keys.removed],
        [
          args.attemptId,
          args.agent,
          args.message,
          args.correlationS,
          args.sendBefore,
          args.markerS,
          args.correlationValue,
        ],
      ),
    revoke: (keys, args) =>
      run(
        REVOKE,
        RevokeReply,
        [keys.marker, keys.queue, keys.removed],
        [args.attemptId, args.agent, args.message, args.legacyRunId, args.sendBefore, args.markerS],
      ),
    close: (keys, memoryS, tombstone) =>
      run(CLOSE, Count, [keys.replies, keys.correlation], [memoryS, tombstone]),
    replyCounts: (keys, tombstone) =>
      run(REPLY_COUNTS, z.array(Count).length(keys.length), keys, [tombstone]),
  };
}
