import { BridgeError } from '@bridge/error-policy';
import type { Script } from './run-script.ts';

/** One reply of one of our own scripts, read value by value; another shape means that script and wrapper differ. */
export interface ReplyReader {
  readonly length: number;
  number(at: number): number;
  text(at: number): string;
  list(at: number): readonly unknown[];
  texts(at: number): readonly string[];
  /** `false` in Lua */
  isNull(at: number): boolean;
}

/** @throws BridgeError `INTERNAL`, from here and from the reader */
export function readReply(script: Script, reply: unknown): ReplyReader {
  const unexpected = (): BridgeError =>
    new BridgeError('INTERNAL', `script ${script.name} answered in an unexpected shape`);
  if (!Array.isArray(reply)) throw unexpected();
  const values: readonly unknown[] = reply;
  const text = (value: unknown): string => {
    if (typeof value !== 'string') throw unexpected();
    return value;
  };
  const list = (at: number): readonly unknown[] => {
    const value = values[at];
    if (!Array.isArray(value)) throw unexpected();
    return value;
  };
  return {
    length: values.length,
    number: (at) => {
      const value = values[at];
      if (typeof value !== 'number') throw unexpected();
      return value;
    },
    text: (at) => text(values[at]),
    list,
    texts: (at) => list(at).map(text),
    isNull: (at) => values[at] === null,
  };
}
