/** Is stream id `a` behind `b`? Compared as numbers: `9-0` is before `10-0`. */
export function isAfter(a: string, b: string): boolean {
  const [aMs = '0', aSequence = '0'] = a.split('-');
  const [bMs = '0', bSequence = '0'] = b.split('-');
  const ms = BigInt(aMs) - BigInt(bMs);
  return ms > 0n || (ms === 0n && BigInt(aSequence) > BigInt(bSequence));
}
