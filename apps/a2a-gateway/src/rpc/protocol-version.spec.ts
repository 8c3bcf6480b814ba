import { dialectOf, methodLabel } from './protocol-version.ts';

it.each([
  // what is asked for, method, dialect
  [undefined, 'message/send', '0.3'],
  [undefined, 'SendMessage', '1.0'],
  ['', 'SendMessage', '1.0'],
  ['', 'tasks/get', '0.3'],
  [undefined, 'no/such', '0.3'],
  ['1.0', 'SendMessage', '1.0'],
  ['1.0.1', 'SendMessage', '1.0'],
  ['1.0', 'message/send', '1.0'],
  ['0.3', 'message/send', '0.3'],
  ['0.3.0', 'message/send', '0.3'],
  ['0.3', 'SendMessage', '0.3'],
  ['0.2', 'message/send', '0.3'],
  ['0.2.6', 'message/send', '0.3'],
  [' 1.0 ', 'SendMessage', '1.0'],
  ['2.0', 'SendMessage', null],
  ['1.1', 'SendMessage', null],
  ['0.1', 'message/send', null],
  ['1', 'SendMessage', null],
  ['01.0', 'SendMessage', null],
  ['1.0-beta', 'SendMessage', null],
  ['1.0, 0.3', 'SendMessage', null],
  ['latest', 'message/send', null],
])('%s with %s is %s', (requested, method, dialect) => {
  expect(dialectOf(requested, method)).toBe(dialect);
});

it('keeps labels a closed set', () => {
  expect(methodLabel('SendMessage')).toBe('SendMessage');
  expect(methodLabel('constructor')).toBe('unknown');
  expect(methodLabel('x'.repeat(100))).toBe('unknown');
});
