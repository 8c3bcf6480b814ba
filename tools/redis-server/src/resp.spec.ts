import { infoField, parseReply } from './resp.ts';

const parse = (text: string): unknown => parseReply(Buffer.from(text), 0)?.value;

describe('parseReply', () => {
  it('reads every kind of reply', () => {
    expect(parse('+PONG\r\n')).toBe('PONG');
    expect(parse(':42\r\n')).toBe(42);
    expect(parse('$-1\r\n')).toBeNull();
    expect(parse('$4\r\n\u00e9\u00e9\r\n')).toBe('\u00e9\u00e9');
    expect(parse('*2\r\n+a\r\n*1\r\n:1\r\n')).toEqual(['a', [1]]);
    expect(parse('-ERR no\r\n')).toEqual(new Error('ERR no'));
    expect(parse('HTTP/1.1 400\r\n')).toBeInstanceOf(Error);
  });

  it('waits for the rest of an incomplete reply', () => {
    const whole = '*2\r\n$5\r\nhello\r\n:7\r\n';
    for (let length = 0; length < whole.length; length += 1)
      expect(parse(whole.slice(0, length))).toBeUndefined();
    expect(parse(whole)).toEqual(['hello', 7]);
  });
});

it('infoField finds a field by its whole name', () => {
  expect(infoField('# Server\r\nprocess_id:77\r\nid:1\r\n', 'id')).toBe('1');
  expect(infoField('# Server\r\n', 'id')).toBeUndefined();
});
