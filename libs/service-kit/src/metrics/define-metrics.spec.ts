import { Registry } from 'prom-client';
import { createRegistry } from './create-registry.ts';
import { defineMetrics, metricDocs, type MetricTable } from './define-metrics.ts';

const TABLE = {
  requests: {
    type: 'counter',
    name: 'a2a_demo_requests_total',
    help: 'Requests.',
    labels: { method: ['send', 'get'], outcome: ['ok', 'error'] },
  },
  dropped: { type: 'counter', name: 'a2a_demo_dropped_total', help: 'Dropped.' },
  active: { type: 'gauge', name: 'a2a_demo_active', help: 'Active.' },
  duration: {
    type: 'histogram',
    name: 'a2a_demo_duration_seconds',
    help: 'Duration.',
    buckets: [0.1, 1],
    labels: { method: ['send'] },
  },
} as const satisfies MetricTable;

describe('defineMetrics', () => {
  it('gives a typed metric per row', async () => {
    const register = new Registry();
    const metrics = defineMetrics(register, TABLE);
    metrics.requests.inc({ method: 'send', outcome: 'ok' });
    metrics.requests.inc({ method: 'send', outcome: 'ok' }, 2);
    // @ts-expect-error a value outside the closed set
    metrics.requests.inc({ method: 'nonsense', outcome: 'ok' }, 0);
    metrics.dropped.inc();
    metrics.active.set(4);
    metrics.active.dec();
    metrics.duration.observe({ method: 'send' }, 0.5);
    const text = await register.metrics();
    expect(text).toContain('a2a_demo_requests_total{method="send",outcome="ok"} 3');
    expect(text).toContain('a2a_demo_dropped_total 1');
    expect(text).toContain('a2a_demo_active 3');
    expect(text).toContain('a2a_demo_duration_seconds_bucket{le="1",method="send"} 1');
  });

  it('shows counters with 0 before anything happened', async () => {
    const register = new Registry();
    defineMetrics(register, TABLE);
    const text = await register.metrics();
    expect(text.match(/^a2a_demo_requests_total\{.*\} 0$/gm)).toHaveLength(4);
    expect(text).toContain('a2a_demo_dropped_total 0');
  });

  it.each([
    ['bridge_requests_total', 'counter'],
    ['a2a_requests', 'counter'],
    ['a2a_active_total', 'gauge'],
    ['a2a_wait_ms', 'gauge'],
    ['a2a_jobs_count', 'gauge'],
  ] as const)('refuses %s as a %s', (name, type) => {
    expect(() => defineMetrics(new Registry(), { row: { type, name, help: 'x' } })).toThrow(TypeError);
  });

  it('has a docs row per metric', () => {
    expect(metricDocs(TABLE)).toHaveLength(4);
    expect(metricDocs(TABLE)[1]).toEqual({
      name: 'a2a_demo_dropped_total',
      type: 'counter',
      help: 'Dropped.',
      labels: {},
    });
  });
});

describe('createRegistry', () => {
  it('has the process metrics and the event loop lag, labelled with the service', async () => {
    const text = await createRegistry({ service: 'demo' }).metrics();
    expect(text).toMatch(/process_cpu_seconds_total\{service="demo"\}/);
    expect(text).toMatch(/nodejs_eventloop_lag_seconds\{service="demo"\}/);
  });
});
