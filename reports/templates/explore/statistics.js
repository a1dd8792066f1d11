// What is said of draws. Values are sorted; each function does what its namesake in NumPy or ArviZ does.

function decode(cell) {
  const bytes = atob(cell.draws);
  const values = new Float64Array(bytes.length / 2);
  for (let place = 0; place < values.length; place += 1) {
    const code = bytes.charCodeAt(2 * place) + 256 * bytes.charCodeAt(2 * place + 1);
    values[place] = cell.low + cell.step * code;
  }
  return values;
}

// Linear between order statistics (type 7 of Hyndman and Fan 1996), as numpy.quantile.
function quantile(values, prob) {
  const place = (values.length - 1) * prob;
  const below = Math.floor(place);
  const above = Math.min(below + 1, values.length - 1);
  const share = place - below;
  const gap = values[above] - values[below];
  return share < 0.5 ? values[below] + gap * share : values[above] - gap * (1 - share);
}

function equalTailed(values, mass) {
  const edge = (1 - mass) / 2;
  return [quantile(values, edge), quantile(values, 1 - edge)];
}

// The narrowest interval between two draws with that share of the draws between them, the lowest of equals.
function highestDensity(values, mass) {
  const across = Math.min(Math.floor(mass * values.length), values.length - 1);
  let best = 0;
  for (let start = 1; start + across < values.length; start += 1) {
    if (values[start + across] - values[start] < values[best + across] - values[best]) best = start;
  }
  return [values[best], values[best + across]];
}

function share(values, holds) {
  let count = 0;
  for (const value of values) if (holds(value)) count += 1;
  return count / values.length;
}

// The smallest important difference either way of the null value; a ratio's is a factor.
function importantLimits(quantity, smallest) {
  if (quantity.null === null || smallest === null) return null;
  if (quantity.ratio) return [quantity.null / smallest, quantity.null * smallest];
  return [quantity.null - smallest, quantity.null + smallest];
}

function summarise(values, quantity, mass, kind, smallest) {
  const [lower, upper] = (kind === "hdi" ? highestDensity : equalTailed)(values, mass);
  const limits = importantLimits(quantity, smallest);
  if (!limits) return { lower, upper, limits };
  const [low, high] = limits;
  const below = share(values, (value) => value < low);
  const above = share(values, (value) => value > high);
  return { lower, upper, limits, below, inside: 1 - below - above, above };
}
