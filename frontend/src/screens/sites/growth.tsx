/** Areas that people drew: each change is a box over the time in which it lies, because nobody saw what happened in between. */
import { day, number, t } from "../../i18n/index.ts";
import type { SiteView } from "./api.ts";
import { roundAbove } from "./axis.ts";
import { proposalsOf } from "./machine.ts";
import { feature } from "./state.ts";

const [LEFT, RIGHT, TOP, BOTTOM, WIDE, TALL] = [44, 252, 14, 150, 260, 178];

export function GrowthChart({ view }: { view: SiteView }) {
  const name = feature.value?.name ?? "";
  const areas = (view.areas ?? []).filter((one) => one.feature === name);
  const proposed = proposalsOf(view, name);
  return (
    <section class="card growth-card" aria-label={t("sites.growth", { feature: name })}>
      <div class="card-head"><h2 class="grow">{t("sites.growth", { feature: name })}</h2><span class="small soft">{t("unit.m2", { value: "" })}</span></div>
      {areas.length < 2 && proposed.length === 0 ? <p class="card-body small soft">{t("sites.growth.none")}</p> : <Chart view={view} name={name} />}
    </section>
  );
}

function Chart({ view, name }: { view: SiteView; name: string }) {
  const areas = (view.areas ?? []).filter((one) => one.feature === name);
  const spans = proposalsOf(view, name).flatMap((one) => one.modes.map((mode) => ({ key: `${one.stack} ${one.order} ${mode.from.image}`, from: mode.from.taken, to: mode.to.taken })));
  // Proposals are seen against all the images that they were made from.
  const shown = spans.length === 0 ? [] : view.images.flatMap((one) => one.taken === null ? [] : [one.taken.from]);
  const times = [...areas.flatMap((one) => [one.from, one.to]), ...spans.flatMap((one) => [one.from, one.to]), ...shown].map(Date.parse);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const most = roundAbove(Math.max(0, ...areas.map((one) => one.hi_m2)));
  const x = (at: string): number => LEFT + ((Date.parse(at) - first) / Math.max(last - first, 1)) * (RIGHT - LEFT);
  const y = (area: number): number => BOTTOM - (area / most) * (BOTTOM - TOP);
  const of = (image: string) => areas.find((one) => one.image === image);
  const years = [new Date(first).getUTCFullYear(), new Date(last).getUTCFullYear()];
  return (
    <>
      <svg class="growth" viewBox={`0 0 ${WIDE} ${TALL}`} role="img" aria-label={[...areas.map((one) => `${day(one.from)}: ${t("unit.m2", { value: number(one.area_m2, 0) })}`), ...spans.map((one) => t("sites.growth.proposedSpan", { from: day(one.from), to: day(one.to) }))].join("; ")}>
        {spans.map((one) => <rect key={one.key} class="growth-proposed" x={x(one.from)} y={TOP} width={Math.max(x(one.to) - x(one.from), 3)} height={BOTTOM - TOP} />)}
        {(areas.length < 2 ? [0] : [0, most / 2, most]).map((level) => <g key={level}><path class="rule" d={`M${LEFT} ${y(level)}H${RIGHT}`} />{areas.length > 0 && <text x={LEFT - 5} y={y(level) + 4} text-anchor="end">{number(level, 0)}</text>}</g>)}
        {(view.steps ?? []).filter((one) => one.feature === name).map((one) => {
          const [before, after] = [of(one.before), of(one.after)];
          if (before === undefined || after === undefined) return null;
          const [low, high] = [Math.min(before.lo_m2, after.lo_m2), Math.max(before.hi_m2, after.hi_m2)];
          return <rect key={one.before} class={one.is_sure ? "grown" : "grown unsure"} x={x(before.from)} y={y(high)} width={Math.max(x(after.to) - x(before.from), 2)} height={Math.max(y(low) - y(high), 2)} />;
        })}
        {areas.map((one) => <g key={one.image}><path class="bound" d={`M${x(one.from)} ${y(one.lo_m2)}V${y(one.hi_m2)}`} /><circle cx={x(one.from)} cy={y(one.area_m2)} r="3.500" /></g>)}
        <text x={LEFT} y={TALL - 8}>{years[0]}</text>
        {years[1] !== years[0] && <text x={RIGHT} y={TALL - 8} text-anchor="end">{years[1]}</text>}
      </svg>
      <p class="small soft growth-foot">{areas.length > 1 && t("sites.growth.boxes")} {spans.length > 0 && t("sites.growth.proposed")}</p>
    </>
  );
}
