/**
 * What `close` puts on an empty reply list so that it can carry a TTL; an agent's late answer then inherits it.
 * Readers drop it. A string, where every reply of an agent is an object.
 */
export const TOMBSTONE = '"a2a_bridge:closed"';

/** Value of `a2a_correlation:<taskId>`, byte for byte what the old bridge writes. */
export const CORRELATION_VALUE = '{"waiting": true, "from": "a2a_bridge"}';
