import type { Watch } from '../follow/task-follower.ts';
import type { Call } from '../rpc/call.ts';

/** Releases the watch when the work is done, or as soon as nobody waits for it any more. */
export async function whileWatching<T>(call: Call, watch: Watch, work: () => Promise<T>): Promise<T> {
  const off = call.onGone(() => {
    watch.close();
  });
  try {
    return await work();
  } finally {
    off();
    watch.close();
  }
}
