export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What became of the work, in the words of the reply's payload. */
export type Outcome =
  | { readonly status: 'completed'; readonly result: Json }
  | { readonly status: 'failed'; readonly error: string };

export function refused(error: string): Outcome {
  return { status: 'failed', error };
}
