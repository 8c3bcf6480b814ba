import { readFileSync } from 'node:fs';
import { BridgeError, isBridgeError } from './bridge-error.ts';
import { ERROR_TABLE, errorRow, type ErrorCode, type ErrorRow } from './error-table.ts';

const rows = Object.entries(ERROR_TABLE) as [ErrorCode, ErrorRow][];

/** The A2A and gRPC worlds name these two with one word. */
const ONE_WORD: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'INTERNAL']);

describe('the error table', () => {
  it.each(rows)('%s is a whole row', (code, row) => {
    expect(row).toStrictEqual({
      retry: expect.stringMatching(/^(backoff|if-idempotent|never)$/) as string,
      breaker: expect.stringMatching(/^(counts|ignores)$/) as string,
      deadLetter: expect.any(Boolean) as boolean,
      http: expect.any(Number) as number,
      jsonRpc: expect.any(Number) as number,
      grpc: expect.stringMatching(/^[A-Z_]+$/) as string,
      log: expect.stringMatching(/^(debug|info|warn|error)$/) as string,
      meaning: expect.stringMatching(/^[A-Z].+\.$/) as string,
    });
    expect(row.http).toBeGreaterThanOrEqual(400);
    expect(row.http).toBeLessThan(600);
    // Reserved by JSON-RPC 2.0, or by A2A within the range for servers.
    expect(
      [-32700, -32600, -32601, -32602, -32603].includes(row.jsonRpc) ||
        (row.jsonRpc <= -32000 && row.jsonRpc >= -32099),
    ).toBe(true);
    expect(ONE_WORD.has(code) || /^[A-Z]+(_[A-Z]+)+$/.test(code)).toBe(true);
  });

  it('says of each failure one thing', () => {
    expect(new Set(rows.map(([, { meaning }]) => meaning)).size).toBe(rows.length);
  });

  it('blames an agent only for what ends steps, and a client never', () => {
    for (const [code, row] of rows) {
      if (row.breaker === 'counts')
        expect({ code, deadLetter: row.deadLetter }).toStrictEqual({ code, deadLetter: true });
      if (row.http < 500)
        expect({ code, retry: row.retry, dead: row.deadLetter }).toStrictEqual({
          code,
          retry: 'never',
          dead: false,
        });
    }
  });

  it('is documented, code by code, in docs/reference/errors.md', () => {
    const page = readFileSync(new URL('../../../docs/reference/errors.md', import.meta.url), 'utf8');
    const missing = rows.filter(
      ([code, { meaning }]) => !page.includes(`\`${code}\``) || !page.includes(meaning),
    );
    expect(missing).toStrictEqual([]);
  });
});

describe('BridgeError', () => {
  it('carries a code of the table, its row, and the cause', () => {
    const cause = new Error('ECONNREFUSED');
    const error = new BridgeError('REDIS_UNAVAILABLE', undefined, { cause });
    expect(error.message).toBe(errorRow('REDIS_UNAVAILABLE').meaning);
    expect(error.row).toBe(ERROR_TABLE.REDIS_UNAVAILABLE);
    expect(error.cause).toBe(cause);
    expect(new BridgeError('INTERNAL', 'said').message).toBe('said');
  });

  it('is known by what it says of itself, also when its class comes from another copy', () => {
    expect(isBridgeError(new BridgeError('INTERNAL'))).toBe(true);
    expect(isBridgeError(Object.assign(new Error('x'), { name: 'BridgeError', code: 'INTERNAL' }))).toBe(
      true,
    );
    expect(isBridgeError(new Error('x'))).toBe(false);
    expect(isBridgeError({ name: 'BridgeError', code: 'INTERNAL' })).toBe(false);
  });
});
