import { parseEnvelope } from './envelope.ts';

const good = { jsonrpc: '2.0', id: 7, method: 'tasks/get', params: { id: 'x' } };
const parse = (body: unknown): ReturnType<typeof parseEnvelope> => parseEnvelope(body, 8);
const refusal = (body: unknown): unknown => {
  const parsed = parse(body);
  return parsed.kind === 'refused' ? { code: parsed.code, id: parsed.id } : parsed.kind;
};

it('reads a request', () => {
  expect(parse(JSON.stringify(good))).toEqual({ kind: 'request', request: good });
});

it.each([
  ['string id', 'abc'],
  ['null id', null],
  ['zero', 0],
  ['negative', -3],
])('takes a %s', (_what, id) => {
  expect(parse(JSON.stringify({ ...good, id })).kind).toBe('request');
});

it('takes a request without id, to be answered with null', () => {
  expect(parse(JSON.stringify({ ...good, id: undefined })).kind).toBe('request');
});

it.each([
  ['nothing', undefined, 'JSON_MALFORMED', null],
  ['an empty body', '', 'JSON_MALFORMED', null],
  ['broken JSON', '{"jsonrpc":', 'JSON_MALFORMED', null],
  ['JSON with a byte order mark', `\u{feff}${JSON.stringify(good)}`, 'JSON_MALFORMED', null],
  ['a number', '42', 'ENVELOPE_INVALID', null],
  ['null', 'null', 'ENVELOPE_INVALID', null],
  ['a batch', JSON.stringify([good]), 'ENVELOPE_INVALID', null],
  ['an empty batch', '[]', 'ENVELOPE_INVALID', null],
  ['another version', JSON.stringify({ ...good, jsonrpc: '1.0' }), 'ENVELOPE_INVALID', 7],
  ['a numeric version', JSON.stringify({ ...good, jsonrpc: 2 }), 'ENVELOPE_INVALID', 7],
  ['no version', JSON.stringify({ ...good, jsonrpc: undefined }), 'ENVELOPE_INVALID', 7],
  ['no method', JSON.stringify({ ...good, method: undefined }), 'ENVELOPE_INVALID', 7],
  ['an empty method', JSON.stringify({ ...good, method: '' }), 'ENVELOPE_INVALID', 7],
  ['a method that is no text', JSON.stringify({ ...good, method: { a: 1 } }), 'ENVELOPE_INVALID', 7],
  ['an endless method', JSON.stringify({ ...good, method: 'm'.repeat(129) }), 'ENVELOPE_INVALID', 7],
  ['an id that is an object', JSON.stringify({ ...good, id: {} }), 'ENVELOPE_INVALID', null],
  ['an id that is true', JSON.stringify({ ...good, id: true }), 'ENVELOPE_INVALID', null],
  ['a fractional id', JSON.stringify({ ...good, id: 1.5 }), 'ENVELOPE_INVALID', null],
  ['an infinite id', '{"jsonrpc":"2.0","id":1e999,"method":"tasks/get"}', 'ENVELOPE_INVALID', null],
  [
    'an id beyond exact integers',
    '{"jsonrpc":"2.0","id":9007199254740993,"method":"x"}',
    'ENVELOPE_INVALID',
    null,
  ],
  ['an endless id', JSON.stringify({ ...good, id: 'i'.repeat(257) }), 'ENVELOPE_INVALID', null],
  ['nine levels where eight are allowed', '['.repeat(9) + ']'.repeat(9), 'JSON_TOO_DEEP', null],
  ['depth without an end', '{"a":'.repeat(100_000), 'JSON_TOO_DEEP', null],
])('refuses %s', (_what, body, code, id) => {
  expect(refusal(body)).toEqual({ code, id });
});

it('does not count brackets inside strings', () => {
  const body = JSON.stringify({ ...good, params: { text: `[[[[[[[[[[{{{{{{{{ "quoted\\" [[[[` } });
  expect(parse(body).kind).toBe('request');
});

it('pollutes no prototype', () => {
  const parsed = parse('{"jsonrpc":"2.0","id":1,"method":"x","__proto__":{"polluted":true}}');
  expect(parsed.kind).toBe('request');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
