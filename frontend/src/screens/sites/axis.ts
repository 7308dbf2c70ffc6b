/** The next number that reads easily on an axis: 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of 10. */
export function roundAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 1.5, 2, 3, 4, 5, 6, 8].find((step) => power * step >= value) ?? 10);
}
