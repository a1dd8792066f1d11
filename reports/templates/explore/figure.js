// A hundred dots, each one hundredth of the posterior, over the interval of every prior set.

const DOTS = 100;
const DOTS_HEIGHT = 190;
const ROW_HEIGHT = 34;
const EDGE = 14;

// Wide enough for the dots, and for most of what the other prior sets say: a vague one must not press the dots together.
function scaleOf(quantity, prior, cells, limits, width) {
  const shown = Object.entries(cells).flatMap(([own, values]) => {
    const edge = own === prior ? 0.005 : 0.1;
    return [quantile(values, edge), quantile(values, 1 - edge)];
  });
  if (quantity.null !== null) shown.push(quantity.null);
  const log = quantity.ratio && Math.min(...shown) > 0;
  const along = log ? Math.log : (value) => value;
  let low = along(Math.min(...shown));
  let high = along(Math.max(...shown));
  // Limits far away would press the draws together: they are left out, and the caption says so.
  const reach = high - low || 1;
  for (const limit of (limits ?? []).filter((value) => !log || value > 0).map(along)) {
    if (limit < low && low - limit < 0.25 * reach) low = limit;
    if (limit > high && limit - high < 0.25 * reach) high = limit;
  }
  const margin = 0.03 * (high - low || 1);
  low -= margin;
  high += margin;
  const place = (value) => EDGE + ((along(value) - low) / (high - low)) * (width - 2 * EDGE);
  const back = log ? Math.exp : (value) => value;
  return { place, low: back(low), high: back(high), log };
}

function ticksOf(low, high, most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough);
  const ticks = [];
  for (let number = Math.ceil(low / step); number * step <= high; number += 1) ticks.push(number * step);
  return ticks;
}

function logTicksOf(low, high, most) {
  if (high < 5 * low) return ticksOf(low, high, most);
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const times of high < 100 * low ? [1, 2, 5] : [1]) {
      const tick = times * 10 ** power;
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  const every = Math.max(1, Math.ceil(ticks.length / most));
  return ticks.filter((_, place) => place % every === 0);
}

// Stacks on an even grid, of the widest dots that fit the height.
function stacked(places, width) {
  for (let columns = 12; ; columns += 1) {
    const size = width / columns;
    const heights = new Map();
    const dots = places.map((place) => {
      const column = Math.floor(place / size);
      const height = heights.get(column) ?? 0;
      heights.set(column, height + 1);
      return { x: (column + 0.5) * size, height };
    });
    if (Math.max(...heights.values()) * size <= DOTS_HEIGHT || size < 3) return { size, dots };
  }
}

function regionOf(value, said, quantity) {
  if (said.limits) {
    if (value < said.limits[0]) return "below";
    return value > said.limits[1] ? "above" : "inside";
  }
  if (quantity.null === null) return "plain";
  return value > quantity.null ? "above" : "below";
}

function wrapped(text, most) {
  return text.split(" ").reduce((lines, word) => {
    const last = lines[lines.length - 1];
    if (last.length + word.length < most) lines[lines.length - 1] = `${last} ${word}`.trim();
    else lines.push(word);
    return lines;
  }, [""]);
}

function drawing(svg) {
  const add = (name, attributes, text) => {
    const made = document.createElementNS(svg.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    svg.append(made);
    return made;
  };
  return {
    add,
    line: (x1, y1, x2, y2, kind) => add("line", { x1, y1, x2, y2, class: kind }),
    text: (x, y, text, kind, anchor = "middle") => add("text", { x, y, class: kind, "text-anchor": anchor }, text),
  };
}

// `cells` and `rows` hold the draws and what is said of them, by prior set.
function drawFigure(svg, { quantity, prior, cells, rows, synthetic, name }) {
  const width = Math.max(260, Math.min(760, svg.parentElement.clientWidth));
  const priors = Object.keys(cells);
  const top = synthetic ? 22 : 8;
  const floor = top + DOTS_HEIGHT;
  const axis = floor + 10 + ROW_HEIGHT * priors.length;
  const label = wrapped(name, (width - 2 * EDGE) / 6.5);
  const height = axis + 27 + 16 * label.length;
  const said = rows[prior];
  const scale = scaleOf(quantity, prior, cells, said.limits, width);
  [...svg.children].slice(1).forEach((child) => child.remove());
  for (const [key, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) svg.setAttribute(key, value);
  const draw = drawing(svg);
  if (synthetic) draw.text(EDGE, 13, "Synthetic data", "mark", "start");

  const [from, to] = [scale.low, scale.high];
  const within = (value) => value >= from && value <= to;
  if (quantity.null !== null) draw.line(scale.place(quantity.null), top, scale.place(quantity.null), axis, "null");
  const limits = (said.limits ?? []).filter(within);
  for (const limit of limits) draw.line(scale.place(limit), top, scale.place(limit), axis, "limit");

  const values = Array.from({ length: DOTS }, (_, number) => quantile(cells[prior], (number + 0.5) / DOTS));
  const { size, dots } = stacked(values.map(scale.place), width);
  dots.forEach((dot, number) => {
    const region = regionOf(values[number], said, quantity);
    draw.add("circle", {
      cx: dot.x.toFixed(2), cy: (floor - (dot.height + 0.5) * size).toFixed(2), r: (0.42 * size).toFixed(2), class: `dot ${region}`,
    });
  });
  draw.line(EDGE, floor, width - EDGE, floor, "axis");

  priors.forEach((own, number) => {
    const row = rows[own];
    const y = floor + 10 + ROW_HEIGHT * number;
    const kind = own === prior ? "chosen" : "other";
    const clamp = (value) => scale.place(Math.min(Math.max(value, from), to));
    draw.text(EDGE, y + 12, own, `name ${kind}`, "start");
    draw.line(clamp(row.lower), y + 23, clamp(row.upper), y + 23, `interval ${kind}`);
    draw.add("circle", { cx: clamp(row.median), cy: y + 23, r: 4.5, class: `median ${kind}` });
  });
  draw.line(EDGE, axis, width - EDGE, axis, "axis");
  const ticks = (scale.log ? logTicksOf : ticksOf)(from, to, width < 420 ? 4 : 7);
  for (const tick of ticks) {
    draw.line(scale.place(tick), axis, scale.place(tick), axis + 5, "axis");
    draw.text(scale.place(tick), axis + 18, plain(tick), "tick");
  }
  label.forEach((line, number) => draw.text(width / 2, axis + 37 + 16 * number, line, "label"));
  const cut = Object.values(rows).some((row) => row.lower < from || row.upper > to);
  return { values, limits, cut };
}
