import { Registry, collectDefaultMetrics } from 'prom-client';

/**
 * A registry of its own (never prom-client's global one, which outlives tests) with the process metrics
 * everybody's dashboards know by name: cpu, memory, handles, gc, event loop lag.
 */
export function createRegistry({ service }: { readonly service: string }): Registry {
  const register = new Registry();
  register.setDefaultLabels({ service });
  collectDefaultMetrics({ register });
  return register;
}
