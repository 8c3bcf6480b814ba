import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** label -> every value it can have. Never ids, URLs or names that clients choose. */
export type LabelSets = Readonly<Record<string, readonly string[]>>;

interface RowBase {
  /** `a2a_<thing>_<unit>`; a counter ends in `_total`. */
  readonly name: string;
  /** One sentence; also the row in docs/reference/metrics.md. */
  readonly help: string;
  readonly labels?: LabelSets;
}
export interface CounterRow extends RowBase {
  readonly type: 'counter';
}
export interface GaugeRow extends RowBase {
  readonly type: 'gauge';
}
export interface HistogramRow extends RowBase {
  readonly type: 'histogram';
  /** Upper bounds in the unit of the name; one of them is the threshold of the objective it serves. */
  readonly buckets: readonly number[];
}
export type MetricRow = CounterRow | GaugeRow | HistogramRow;
export type MetricTable = Readonly<Record<string, MetricRow>>;

type Labels<Row> = Row extends { readonly labels: infer Sets extends LabelSets }
  ? { readonly [Label in keyof Sets]: Sets[Label][number] }
  : undefined;
/** Labels come first where the row has some, and are not asked for where it has none. */
type With<Row, Rest extends unknown[]> =
  Labels<Row> extends undefined ? Rest : [labels: Labels<Row>, ...rest: Rest];

export interface CounterOf<Row> {
  inc(...args: With<Row, [by?: number]>): void;
}
export interface GaugeOf<Row> {
  set(...args: With<Row, [value: number]>): void;
  inc(...args: With<Row, [by?: number]>): void;
  dec(...args: With<Row, [by?: number]>): void;
}
export interface HistogramOf<Row> {
  observe(...args: With<Row, [value: number]>): void;
}
export type MetricOf<Row> = Row extends CounterRow
  ? CounterOf<Row>
  : Row extends GaugeRow
    ? GaugeOf<Row>
    : HistogramOf<Row>;
export type MetricsOf<Table extends MetricTable> = { readonly [Name in keyof Table]: MetricOf<Table[Name]> };

/** More series than this are not created before they happen. */
const MAX_INITIAL_SERIES = 64;

/**
 * Registers every metric of an app's table; the result has one typed metric per row. Write the table `as const`.
 *
 * Counters exist with 0 from the start: an alert on a rate cannot see a series that appears with its first event.
 *
 * @throws TypeError if a name breaks the naming rules, Error if it is registered already
 */
export function defineMetrics<const Table extends MetricTable>(
  register: Registry,
  table: Table,
): MetricsOf<Table> {
  const metrics = Object.entries(table).map(([key, row]) => {
    checkName(row);
    return [key, createMetric(register, row)] as const;
  });
  return Object.fromEntries(metrics) as unknown as MetricsOf<Table>;
}

function createMetric(register: Registry, row: MetricRow): Counter | Gauge | Histogram {
  const settings = {
    name: row.name,
    help: row.help,
    labelNames: Object.keys(row.labels ?? {}),
    registers: [register],
  };
  switch (row.type) {
    case 'counter': {
      const counter = new Counter(settings);
      for (const labels of initialSeries(row.labels ?? {})) counter.inc(labels, 0);
      return counter;
    }
    case 'gauge':
      return new Gauge(settings);
    case 'histogram':
      return new Histogram({ ...settings, buckets: [...row.buckets] });
  }
}

function initialSeries(sets: LabelSets): Record<string, string>[] {
  const size = Object.values(sets).reduce((product, values) => product * values.length, 1);
  if (size > MAX_INITIAL_SERIES) return [];
  return Object.entries(sets).reduce<Record<string, string>[]>(
    (series, [label, values]) =>
      series.flatMap((labels) => values.map((value) => ({ ...labels, [label]: value }))),
    [{}],
  );
}

function checkName({ name, type }: MetricRow): void {
  const refuse = (why: string): never => {
    throw new TypeError(`metric ${name}: ${why}`);
  };
  if (!/^a2a_[a-z][a-z0-9_]*$/.test(name)) refuse('must be a2a_ and then snake_case');
  if (/_(ms|millis|milliseconds|kb|mb|minutes)(_|$)/.test(name))
    refuse('must use base units: seconds, bytes');
  if ((type === 'counter') !== name.endsWith('_total'))
    refuse('_total ends the name of a counter and of nothing else');
  if (/_(count|sum|bucket)$/.test(name)) refuse('ends like a series of a histogram');
}

/** A row of docs/reference/metrics.md. */
export interface MetricDoc {
  readonly name: string;
  readonly type: MetricRow['type'];
  readonly help: string;
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

export function metricDocs(table: MetricTable): MetricDoc[] {
  return Object.values(table).map(({ name, type, help, labels = {} }) => ({ name, type, help, labels }));
}
