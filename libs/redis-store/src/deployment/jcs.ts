/**
 * Canonical JSON by RFC 8785: members sorted by UTF-16 code units, numbers and strings as ECMAScript writes them.
 * `undefined` members are left out, as in JSON. One deviation: a lone surrogate is written escaped instead of
 * refused, because a client may send one and the hash of it must still be stable.
 *
 * @throws TypeError for what JSON cannot say (NaN, infinities, functions)
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      // The default order of strings is by UTF-16 code units.
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON has no such number');
  // -0 becomes 0 here, as RFC 8785 asks.
  // Its type denies it, but for undefined and functions it gives undefined.
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`JSON has no ${typeof value}`);
  return text;
}
