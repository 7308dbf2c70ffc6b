export function FrameView() {
  return <div />;
}
