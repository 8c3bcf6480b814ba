import type { CoreMessage, JsonObject } from '@bridge/contracts';

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** The part of a zod schema that is used here. */
interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Parses with the schema; a fault names the step it is in. */
export function parseWith<T>(schema: Schema<T>, value: unknown, what: string): Parsed<T> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  if (issue === undefined) return { ok: false, message: `${what}: invalid` };
  return { ok: false, message: `${placeOf(issue.path, value, what)}: ${issue.message}` };
}

/** `step 'b' (data part.workflow.steps[1].timeoutMs)` */
function placeOf(path: readonly PropertyKey[], value: unknown, what: string): string {
  const place = path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${String(key)}]` : `${text}.${String(key)}`),
    what,
  );
  const [workflow, steps, index] = path;
  if (workflow !== 'workflow' || steps !== 'steps' || typeof index !== 'number') return place;
  const id = member(member(member(member(value, 'workflow'), 'steps'), index), 'id');
  return typeof id === 'string'
    ? `step '${id.slice(0, 64)}' (${place})`
    : `step ${String(index + 1)} (${place})`;
}

function member(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === String(key))?.[1];
}

export interface SkillPart {
  readonly skill: string;
  readonly index: number;
  readonly data: JsonObject;
}

/** The data part whose `skill` is a string. Two of them contradict each other; other data is opaque. */
export function skillPartOf(message: CoreMessage): Parsed<SkillPart | null> {
  const found = message.parts.flatMap((part, index): SkillPart[] => {
    if (!('data' in part)) return [];
    const { data } = part;
    if (typeof data !== 'object' || data === null || Array.isArray(data)) return [];
    return typeof data['skill'] === 'string' ? [{ skill: data['skill'], index, data }] : [];
  });
  const [first, second] = found;
  if (first !== undefined && second !== undefined) {
    return {
      ok: false,
      message: `parts[${String(first.index)}] and parts[${String(second.index)}] both name a skill`,
    };
  }
  return { ok: true, value: first ?? null };
}

/** The text parts joined by a line feed, unchanged. */
export function textOf(message: CoreMessage): string {
  return message.parts.flatMap((part) => ('text' in part ? [part.text] : [])).join('\n');
}
