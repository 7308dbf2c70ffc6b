export function SkyDome() {
  return <div />;
}
