/** A JSON value as a legacy agent has it in its hands. */
export type PythonValue =
  string | number | boolean | null | readonly PythonValue[] | { readonly [name: string]: PythonValue };

/**
 * What Python's `json.dumps` would write: `", "` and `": "`, ASCII with lower-case `\uXXXX`. The test kit's own
 * writer, on purpose: an oracle that shares a codec with the code under test proves nothing.
 */
export function pythonJson(value: PythonValue): string {
  if (typeof value === 'string') return ascii(JSON.stringify(value));
  if (Array.isArray(value)) return `[${value.map((item: PythonValue) => pythonJson(item)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, item]) => `${pythonJson(name)}: ${pythonJson(item)}`);
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value);
}

function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (char) =>
    char === '\u007f' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `datetime.now().isoformat()`: local, naive, microseconds. */
export function pythonTimestamp(at: Date = new Date()): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, -1);
  return `${local}${String(Math.floor(Math.random() * 999) + 1).padStart(3, '0')}`;
}

/** `time.time()`: seconds with a fraction. */
export function pythonTime(): number {
  return (Date.now() * 1_000 + Math.floor(Math.random() * 999) + 1) / 1_000_000;
}
