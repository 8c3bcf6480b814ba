import { parseArgs } from 'node:util';

export interface BenchSettings {
  /** Requests in flight -> how many requests. */
  readonly loads: readonly { readonly inFlight: number; readonly count: number }[];
  readonly warmUp: number;
  readonly agents: number;
  /** Tasks of the memory run; 0 leaves it out. */
  readonly memoryTasks: number;
  readonly json: string | null;
}

const FULL = [
  { inFlight: 1, count: 2_000 },
  { inFlight: 10, count: 4_000 },
  { inFlight: 50, count: 8_000 },
  { inFlight: 200, count: 12_000 },
];
const QUICK = FULL.map(({ inFlight }) => ({ inFlight, count: Math.max(50, inFlight * 2) }));

/** @throws TypeError for an option that does not exist */
export function parseSettings(args: readonly string[]): BenchSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      long: { type: 'boolean', default: false },
      agents: { type: 'string', default: '32' },
      json: { type: 'string' },
    },
  });
  return {
    loads: values.quick ? QUICK : FULL,
    warmUp: values.quick ? 100 : 2_000,
    agents: Number(values.agents),
    memoryTasks: values.long ? 100_000 : 0,
    json: values.json ?? null,
  };
}
