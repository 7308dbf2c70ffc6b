/** Tables that one question needs and the next one overwrites: made anew sixty times a second they would keep the collector busy. */

const kept = new Map<string, Float32Array | Float64Array>();

/** A table of zeros of this name and length; what the name held before is gone. */
export function zeros32(name: string, length: number): Float32Array {
  const known = kept.get(name);
  if (known instanceof Float32Array && known.length === length) return known.fill(0);
  const fresh = new Float32Array(length);
  kept.set(name, fresh);
  return fresh;
}

export function zeros64(name: string, length: number): Float64Array {
  const known = kept.get(name);
  if (known instanceof Float64Array && known.length === length) return known.fill(0);
  const fresh = new Float64Array(length);
  kept.set(name, fresh);
  return fresh;
}
