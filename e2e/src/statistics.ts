import { answer, type Behaviour } from '@bridge/test-kit';

/** Real, checkable work: counts the words and characters of the description. */
export function countWords(): Behaviour {
  return answer(({ description }) => {
    const words = description.split(/\s+/).filter((word) => word !== '').length;
    return `${String(words)} words, ${String(description.length)} characters`;
  });
}
