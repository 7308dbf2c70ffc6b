/** Tables that one question needs and the next one overwrites: made anew sixty times a second they would keep the collector busy. */

type Table = Float32Array | Float64Array;

const kept = new Map<string, Table>();

/** A table of zeros of this name and length; what the name held before is gone. */
function zeros<T extends Table>(Kind: new (length: number) => T, name: string, length: number): T {
  const known = kept.get(name);
  if (known instanceof Kind && known.length === length) {
    known.fill(0);
    return known;
  }
  const fresh = new Kind(length);
  kept.set(name, fresh);
  return fresh;
}

export const zeros32 = (name: string, length: number): Float32Array => zeros(Float32Array, name, length);
export const zeros64 = (name: string, length: number): Float64Array => zeros(Float64Array, name, length);
