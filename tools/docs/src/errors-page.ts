import { ERROR_TABLE, type ErrorRow } from '@bridge/error-policy';
import { markdownTable } from './markdown-table.ts';

const rows: readonly (readonly [string, ErrorRow])[] = Object.entries(ERROR_TABLE);

const RETRY: Readonly<Record<ErrorRow['retry'], string>> = {
  backoff: 'yes, with backoff',
  'if-idempotent': 'if the step is idempotent',
  never: 'no',
};

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

/** docs/reference/errors.md */
export function errorsPage(): string {
  return `# Errors

Made of \`libs/error-policy/src/error-table.ts\` by \`npx nx run @bridge/docs:generate\`. Do not edit.

Every failure is classified once, where it comes in, and handled by the one table below. Codes are stable for ever and never reused. A client finds the code in \`error.data\` beside the numbers of its protocol; in the log it is \`code\`.

## What a caller sees

${markdownTable(
  ['Code', 'Meaning', 'HTTP', 'JSON-RPC', 'gRPC'],
  rows.map(([code, row]) => [
    `\`${code}\``,
    row.meaning,
    String(row.http),
    String(row.jsonRpc),
    `\`${row.grpc}\``,
  ]),
)}

HTTP is the status outside JSON-RPC. Under a JSON-RPC error it is 200, save for what concerns the transport: size, credentials, load, our own faults.

## What the system does

- Retry: is another try made by itself? After 1, 2 and 4 seconds by default; then the step ends with \`RETRIES_EXHAUSTED\`.
- Breaker: does it count against the agent's circuit breaker? Only an agent's own faults do.
- Dead letter: does a step that ends with it become a dead letter? With \`onExhausted: 'fail'\` in the request the step fails instead.

${markdownTable(
  ['Code', 'Retry', 'Breaker', 'Dead letter', 'Log level'],
  rows.map(([code, row]) => [`\`${code}\``, RETRY[row.retry], row.breaker, yesNo(row.deadLetter), row.log]),
)}
`;
}
