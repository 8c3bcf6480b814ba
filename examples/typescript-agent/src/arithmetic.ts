import { refused, type Outcome } from './outcome.ts';

const NOT_ARITHMETIC = 'not an arithmetic expression: only numbers, + - * / % ** and parentheses';
const LONGEST_EXPRESSION = 1000;
const TOKENS = /\s*(?:(\d+\.?\d*|\.\d+)|(\*\*|[-+*/%()]))/y;

/**
 * Evaluates `+ - * / % **` and parentheses over decimal numbers, in doubles, with Python's precedence
 * (`-2 ** 2` is -4, `**` groups to the right, `%` has the sign of the divisor). Never `eval`.
 */
export function evaluate(expression: string): Outcome {
  const tokens = tokensOf(expression);
  if (tokens === null) return refused(NOT_ARITHMETIC);
  const value = sum(tokens);
  if (tokens.failure !== null) return refused(tokens.failure);
  if (tokens.at < tokens.list.length) return refused(NOT_ARITHMETIC);
  // Whole numbers beyond this are not exact.
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER)
    return refused('the result is too large');
  return { status: 'completed', result: Object.is(value, -0) ? 0 : value };
}

interface Tokens {
  readonly list: readonly (number | string)[];
  at: number;
  /** The first thing that went wrong; what is computed after it means nothing. */
  failure: string | null;
}

function tokensOf(expression: string): Tokens | null {
  if (expression.length > LONGEST_EXPRESSION) return null;
  const text = expression.trim();
  const list: (number | string)[] = [];
  TOKENS.lastIndex = 0;
  while (TOKENS.lastIndex < text.length) {
    const [, number, operator] = TOKENS.exec(text) ?? [];
    // As in Python, 007 is no number.
    if (number !== undefined && !/^0\d/.test(number)) list.push(Number(number));
    else if (operator !== undefined) list.push(operator);
    else return null;
  }
  return { list, at: 0, failure: null };
}

function take(tokens: Tokens, ...operators: readonly string[]): string | null {
  const next = tokens.list[tokens.at];
  if (typeof next !== 'string' || !operators.includes(next)) return null;
  tokens.at += 1;
  return next;
}

function sum(tokens: Tokens): number {
  let value = product(tokens);
  for (let sign = take(tokens, '+', '-'); sign !== null; sign = take(tokens, '+', '-')) {
    const right = product(tokens);
    value = sign === '+' ? value + right : value - right;
  }
  return value;
}

function product(tokens: Tokens): number {
  let value = signed(tokens);
  for (let sign = take(tokens, '*', '/', '%'); sign !== null; sign = take(tokens, '*', '/', '%')) {
    const right = signed(tokens);
    if (sign === '*') value *= right;
    else if (right === 0) fail(tokens, 'division by zero');
    else if (sign === '/') value /= right;
    else value = ((value % right) + right) % right;
  }
  return value;
}

function signed(tokens: Tokens): number {
  const sign = take(tokens, '+', '-');
  if (sign === null) return power(tokens);
  const value = signed(tokens);
  return sign === '-' ? -value : value;
}

function power(tokens: Tokens): number {
  const base = atom(tokens);
  if (take(tokens, '**') === null) return base;
  const exponent = signed(tokens);
  if (base === 0 && exponent < 0) fail(tokens, 'division by zero');
  const value = base ** exponent;
  if (Number.isNaN(value)) fail(tokens, 'the result is not a real number');
  if (!Number.isFinite(value)) fail(tokens, 'the result is too large');
  return value;
}

function atom(tokens: Tokens): number {
  const next = tokens.list[tokens.at];
  if (typeof next === 'number') {
    tokens.at += 1;
    return next;
  }
  if (take(tokens, '(') !== null) {
    const value = sum(tokens);
    if (take(tokens, ')') !== null) return value;
  }
  fail(tokens, NOT_ARITHMETIC);
  return Number.NaN;
}

function fail(tokens: Tokens, why: string): void {
  tokens.failure ??= why;
}
