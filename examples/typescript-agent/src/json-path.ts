import { refused, type Json, type Outcome } from './outcome.ts';

const STEP = /\.?([^.[\]]+)|\[(\d+)\]/y;

/** What is at `path` (`a.b[0]`, `$.a`) of the JSON text. */
export function queryJson(path: string, text: string): Outcome {
  let value: Json | undefined;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return refused(`not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const rest = path.startsWith('$') ? path.slice(1) : path;
  STEP.lastIndex = 0;
  while (STEP.lastIndex < rest.length) {
    const [, name, index] = STEP.exec(rest) ?? [];
    if (name === undefined && index === undefined) return refused(`not a path: ${path}`);
    value = name === undefined ? itemOf(value, Number(index)) : memberOf(value, name);
    if (value === undefined) return refused(`there is no ${name ?? index ?? ''} in the JSON at this place`);
  }
  return { status: 'completed', result: value };
}

function memberOf(value: Json, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
    return undefined;
  return (value as Readonly<Record<string, Json>>)[name];
}

function itemOf(value: Json, index: number): Json | undefined {
  return Array.isArray(value) ? (value as readonly Json[])[index] : undefined;
}
