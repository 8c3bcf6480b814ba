import { Registry, collectDefaultMetrics } from 'prom-client';

/**
 * A registry of its own (never prom-client's global one, which outlives tests) with the process metrics
 * everybody's dashboards know by name: cpu, memory, handles, gc, event loop lag.
 */
export function createRegistry(labels: { readonly service: string }): Registry {
  const register = new Registry();
  register.setDefaultLabels(labels);
  collectDefaultMetrics({ register });
  return register;
}
