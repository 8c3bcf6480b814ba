import { createHash } from 'node:crypto';
import { evaluate } from './arithmetic.ts';
import { queryJson } from './json-path.ts';
import { refused, type Outcome } from './outcome.ts';
import { textStatistics } from './text-statistics.ts';

const STATISTICS = /^(?:text )?statistics (?:of|for|on):?\s+(.+)$/is;
const HASH = /^sha-?256 of:?\s+(.+)$/is;
const JSON_QUERY = /^(?:get|query)\s+(\S+)\s+(?:from|in)\s+([[{].*)$/is;
/** A verb followed by what can only be the start of an expression: then it must be one. */
const ASKED_ARITHMETIC = /^(?:calculate|compute|evaluate|what is|what's)\s+([-+(.\d].*?)\s*\??$/is;
const BARE_ARITHMETIC = /^[-+*/%().\d\s]*\d[-+*/%().\d\s]*[-+*/%][-+*/%().\d\s]*\d[-+*/%().\d\s]*$/;

/** Does what a description asks for. The same work as the Python agent's, case by case (`../work-cases.json`). */
export function doWork(description: string): Outcome {
  const asked = description.trim();
  const hashed = HASH.exec(asked)?.[1];
  if (hashed !== undefined) {
    return {
      status: 'completed',
      result: createHash('sha256').update(unquote(hashed), 'utf8').digest('hex'),
    };
  }
  const [, path, json] = JSON_QUERY.exec(asked) ?? [];
  if (path !== undefined && json !== undefined) return queryJson(path, json);
  const expression = ASKED_ARITHMETIC.exec(asked)?.[1] ?? BARE_ARITHMETIC.exec(asked)?.[0];
  if (expression !== undefined) return evaluate(expression);
  const statistics = textStatistics(STATISTICS.exec(asked)?.[1] ?? asked);
  if (statistics === null) return refused('nothing to do: the description has no word in it');
  return { status: 'completed', result: statistics };
}

function unquote(text: string): string {
  return /^(["']).*\1$/s.test(text) && text.length > 1 ? text.slice(1, -1) : text;
}
