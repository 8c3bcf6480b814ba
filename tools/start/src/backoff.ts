/** What is known of a program that keeps ending: how often in a row, and how long it ran the last time. */
export interface Deaths {
  readonly inARow: number;
}

export const NO_DEATHS: Deaths = { inARow: 0 };

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
/** Who ran this long had started well: its next end counts as the first again. */
const STABLE_AFTER_MS = 30_000;

/** After an end: what to remember, and how long to wait before the next start. 0.5, 1, 2, 4, 8, 10, 10 ... s. */
export function afterDeath(
  deaths: Deaths,
  ranMs: number,
): { readonly deaths: Deaths; readonly delayMs: number } {
  const inARow = ranMs >= STABLE_AFTER_MS ? 1 : deaths.inARow + 1;
  return { deaths: { inARow }, delayMs: Math.min(FIRST_DELAY_MS * 2 ** (inARow - 1), LONGEST_DELAY_MS) };
}
