export { parseSettings, type BenchSettings } from './settings.ts';
export { quantiles, type Quantiles } from './quantiles.ts';
