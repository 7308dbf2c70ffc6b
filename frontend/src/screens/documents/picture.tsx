/** The picture of a page with the boxes of what is quoted, drawn where the text has them. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Refused } from "../../api.ts";
import { t } from "../../i18n/index.ts";
import { faultWords } from "../../i18n/faults.ts";
import { ToldWords } from "../../ui/parts.tsx";
import { documents, type Box, type DocumentRow, type Reading } from "./api.ts";
import { onPage } from "./lines.ts";
import { hit, openPassage, pageNumber, passage, passages, reading } from "./state.ts";

type Shown = { url: string; width: number; height: number };

export function PagePicture({ one }: { one: DocumentRow }) {
  const shown = useSignal<Shown | null>(null);
  const why = useSignal<ReturnType<typeof faultWords> | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    let url = "";
    documents.picture(one.sha256, pageNumber.peek(), { signal: stop.signal }).then(async ({ blob }) => {
      const bitmap = await createImageBitmap(blob);
      const { width, height } = bitmap;
      bitmap.close();
      if (stop.signal.aborted) return;
      url = URL.createObjectURL(blob);
      shown.value = { url, width, height };
    }).catch((error: unknown) => {
      if (stop.signal.aborted) return;
      why.value = error instanceof Refused ? said(error) : { text: String(error), hint: null, lang: "en" };
    });
    return () => {
      stop.abort();
      if (url !== "") URL.revokeObjectURL(url);
    };
  }, []);
  return (
    <section class="card page-card">
      <div class="card-head"><h2>{t("documents.picture")}</h2></div>
      <div class="page-stage">
        {shown.value !== null ? <Drawn picture={shown.value} name={one.name} /> : why.value !== null ? <p class="page-none"><ToldWords words={why.value} /></p> : <p class="page-none" role="status">{t("documents.drawing")}</p>}
      </div>
    </section>
  );
}

/** The two that are to be expected stand in the page's language. */
const said = (error: Refused): ReturnType<typeof faultWords> =>
  error.code === "no-page-picture" || error.code === "document-reader-missing" ? { text: t(`documents.fault.${error.code}`), hint: null, lang: null } : faultWords(error);

/** The page as it is shown: boxes stand in the frame of the page before it is turned. */
function Drawn({ picture, name }: { picture: Shown; name: string }) {
  const text = reading.value;
  const frame = frameOf(text, picture);
  const quoted = text === null ? [] : onPage(passages.value, text, pageNumber.value);
  const followed = hit.value !== null && hit.value.page + 1 === pageNumber.value && hit.value.item === (passages.value[0]?.item ?? hit.value.item) && text !== null && hit.value.producers.includes(text.producer) ? hit.value.boxes ?? [] : [];
  return (
    <svg class="page-picture" viewBox={`0 0 ${frame.shownWidth} ${frame.shownHeight}`} role="img" aria-label={t("documents.pictureOf", { page: pageNumber.value, name })}>
      <image href={picture.url} x="0" y="0" width={frame.shownWidth} height={frame.shownHeight} />
      {frame.width > 0 && (
        <g transform={frame.transform}>
          {quoted.map((one) => one.boxes.map((box, index) => <Rect key={`${one.id} ${index}`} box={box} kind={one.id === passage.value?.id ? "box box-chosen" : "box"} pad={frame.pad} onPick={() => openPassage(one)} />))}
          {followed.map((box, index) => <Rect key={index} box={box} kind="box box-hit" pad={0} />)}
        </g>
      )}
    </svg>
  );
}

function Rect({ box: [x0, y0, x1, y1], kind, pad, onPick }: { box: Box; kind: string; pad: number; onPick?: () => void }) {
  return <rect class={kind} x={x0 - pad} y={y0 - pad} width={x1 - x0 + 2 * pad} height={y1 - y0 + 2 * pad} vector-effect="non-scaling-stroke" onClick={onPick} />;
}

function frameOf(text: Reading | null, picture: Shown) {
  const width = text?.width ?? 0;
  const height = text?.height ?? 0;
  const turn = ((text?.meta.turn_deg ?? 0) % 360 + 360) % 360;
  const transform = turn === 90 ? `translate(${height} 0) rotate(90)` : turn === 180 ? `translate(${width} ${height}) rotate(180)` : turn === 270 ? `translate(0 ${width}) rotate(270)` : "";
  const upright = turn === 0 || turn === 180;
  if (width === 0) return { width, shownWidth: picture.width, shownHeight: picture.height, transform: "", pad: 0 };
  return { width, shownWidth: upright ? width : height, shownHeight: upright ? height : width, transform, pad: Math.round(width / 300) };
}
