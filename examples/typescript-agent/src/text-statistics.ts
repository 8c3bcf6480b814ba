const WORD = /[\p{L}\p{N}]+(?:['\u2019-][\p{L}\p{N}]+)*/gu;
const SENTENCE_END = /[.!?]+(?=\s|$)/;

export interface TextStatistics {
  readonly [name: string]: number | string;
  readonly words: number;
  readonly sentences: number;
  readonly lines: number;
  /** Code points, so that an emoji is one. */
  readonly characters: number;
  /** The first of the longest. */
  readonly longest_word: string;
}

/** `null` for a text without any word. */
export function textStatistics(text: string): TextStatistics | null {
  const words = text.match(WORD);
  if (words === null) return null;
  return {
    words: words.length,
    sentences: text.split(SENTENCE_END).filter((piece) => piece.match(WORD) !== null).length,
    lines: text.split('\n').length,
    characters: codePoints(text),
    longest_word: words.reduce((longest, word) => (codePoints(word) > codePoints(longest) ? word : longest)),
  };
}

function codePoints(text: string): number {
  return Array.from(text).length;
}
