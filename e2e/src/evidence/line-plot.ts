/** Points of milliseconds since the begin and a value. */
export type PlotPoints = readonly (readonly [atMs: number, value: number])[];

const [WIDTH, HEIGHT] = [460, 170];
const INSET = { left: 46, right: 10, top: 10, bottom: 24 };
const MOST_POINTS = 300;
const GRID_LINES = 4;

/** A line over time as inline SVG, without a script: axes from zero, so that no wiggle looks like a mountain. */
export function linePlot(title: string, points: PlotPoints): string {
  const end = Math.max(1, ...points.map(([atMs]) => atMs / 1_000));
  const top = niceCeiling(Math.max(1, ...points.map(([, value]) => value)));
  const x = (seconds: number): number => INSET.left + (seconds / end) * (WIDTH - INSET.left - INSET.right);
  const y = (value: number): number =>
    HEIGHT - INSET.bottom - (value / top) * (HEIGHT - INSET.top - INSET.bottom);
  const steps = Array.from({ length: GRID_LINES + 1 }, (_, step) => step / GRID_LINES);
  const grid = steps.flatMap((share) => [
    `<line x1="${x(0)}" x2="${x(end)}" y1="${at(y(share * top))}" y2="${at(y(share * top))}"/>`,
    `<text x="${INSET.left - 6}" y="${at(y(share * top) + 4)}" text-anchor="end">${short(share * top)}</text>`,
    `<text x="${at(x(share * end))}" y="${HEIGHT - 6}" text-anchor="${share === 1 ? 'end' : 'middle'}">${clock(share * end, end)}</text>`,
  ]);
  const line = thin(points).map(([atMs, value]) => `${at(x(atMs / 1_000))},${at(y(value))}`);
  return `<figure><figcaption>${escapeHtml(title)}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">${grid.join('')}<polyline points="${line.join(' ')}"/></svg></figure>`;
}

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** At most so many points: of each stretch the largest, since what a plot must not hide is a peak. */
function thin(points: PlotPoints): PlotPoints {
  const stretch = Math.ceil(points.length / MOST_POINTS);
  if (stretch <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / stretch) }, (_, index) =>
    points
      .slice(index * stretch, (index + 1) * stretch)
      .reduce((most, point) => (point[1] > most[1] ? point : most)),
  );
}

/** 1, 2, 4, 5 or 8 times a power of ten, so that quarters are round. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 4, 5, 8].find((factor) => factor * power >= value) ?? 10);
}

const at = (pixels: number): string => pixels.toFixed(1);
const short = (value: number): string => `${Number(value.toPrecision(3))}`;
const clock = (seconds: number, end: number): string =>
  end < 120 ? `${Math.round(seconds)} s` : `${Number((seconds / 60).toFixed(1))} min`;
