/** Plots as SVG: bars of parts on one another, and a line of shares. */

const NAMESPACE = "http://www.w3.org/2000/svg";
const WIDTH = 720;
const HEIGHT = 200;
const MARGIN = { left: 40, right: 8, top: 10, bottom: 24 };

/** Labels under the plot, no more than fit. */
const MOST_LABELS = 14;

function shape(name, attributes, text) {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The next round number: 1, 2 or 5 times a power of ten. */
export function ceiling(value) {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].find((step) => step * power >= value);
}

function frame(label, top, write) {
  const plot = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "plot" });
  plot.append(shape("title", {}, label));
  for (const part of [0, 0.5, 1]) {
    const y = height(part);
    plot.append(shape("line", { x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: y, y2: y, class: "grid" }));
    const text = { x: MARGIN.left - 6, y: y + 4, "text-anchor": "end", class: "label" };
    plot.append(shape("text", text, write(part * top)));
  }
  return plot;
}

const height = (part) => HEIGHT - MARGIN.bottom - part * (HEIGHT - MARGIN.top - MARGIN.bottom);

function places(count) {
  const step = (WIDTH - MARGIN.left - MARGIN.right) / Math.max(count, 1);
  return Array.from({ length: count }, (_, at) => ({ middle: MARGIN.left + (at + 0.5) * step, step }));
}

function names(plot, columns, where) {
  const every = Math.ceil(columns.length / MOST_LABELS);
  columns.forEach(({ name }, at) => {
    if (at % every) return;
    const text = { x: where[at].middle, y: HEIGHT - 6, "text-anchor": "middle", class: "label" };
    plot.append(shape("text", text, name));
  });
}

/**
 * @param {{name: string, parts: number[]}[]} columns
 * @param {string[]} legend what each part is
 */
export function bars(columns, legend, label) {
  const total = ({ parts }) => parts.reduce((sum, part) => sum + part, 0);
  const top = ceiling(Math.max(1, ...columns.map(total)));
  const plot = frame(label, top, (value) => (Number.isInteger(value) ? value : ""));
  const where = places(columns.length);
  columns.forEach((column, at) => {
    let below = 0;
    const width = Math.min(40, where[at].step * 0.7);
    column.parts.forEach((part, index) => {
      const [low, high] = [height(below / top), height((below + part) / top)];
      const box = { x: where[at].middle - width / 2, y: high, width, height: low - high };
      const bar = shape("rect", { ...box, class: `part-${index}` });
      bar.append(shape("title", {}, `${column.name}: ${part} ${legend[index]}`));
      plot.append(bar);
      below += part;
    });
  });
  names(plot, columns, where);
  return plot;
}

/** @param {{name: string, share: number | null}[]} points shares from 0 to 1; null leaves a gap */
export function shares(points, label) {
  const plot = frame(label, 1, (value) => `${value * 100} %`);
  const where = places(points.length);
  let path = "";
  points.forEach(({ name, share }, at) => {
    if (share === null) return;
    const [x, y] = [where[at].middle, height(share)];
    const joined = at > 0 && points[at - 1].share !== null;
    path += `${joined ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    const dot = shape("circle", { cx: x, cy: y, r: 3.5, class: "dot" });
    dot.append(shape("title", {}, `${name}: ${Math.round(share * 100)} %`));
    plot.append(dot);
  });
  plot.append(shape("path", { d: path, class: "line" }));
  names(plot, points, where);
  return plot;
}

/** What the colours mean. */
export function legend(words) {
  const list = document.createElement("ul");
  list.className = "legend";
  words.forEach((word, index) => {
    const item = document.createElement("li");
    item.className = `part-${index}`;
    item.textContent = word;
    list.append(item);
  });
  return list;
}
