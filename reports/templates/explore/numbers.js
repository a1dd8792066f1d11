// Numbers as the rest of the report prints them.

const MINUS = "\u2212";
const ABSENT = "\u2013";

function decimalsOf(said, cell, quantity) {
  const putOnNull = (limit) => Number(limit.toFixed(cell.decimals)) === quantity.null && limit !== quantity.null;
  return [said.lower, said.upper].some(putOnNull) ? cell.decimals + 1 : cell.decimals;
}

function fixed(value, decimals) {
  if (!Number.isFinite(value)) return ABSENT;
  if (Math.abs(value) >= 1e6) return scientific(value);
  const text = Math.abs(value).toFixed(decimals);
  const [whole, part] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const sign = value < 0 && Number(text) !== 0 ? MINUS : "";
  return sign + grouped + (part === undefined ? "" : `.${part}`);
}

function scientific(value) {
  const [digits, power] = value.toExponential(1).split("e");
  const raised = [...String(Number(power))].map((digit) => "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[digit]);
  return `${digits.replace("-", MINUS)}\u00d710${raised.join("")}`;
}

// Few digits, for values a reader gave and for ticks.
function plain(value, digits = 6) {
  return String(Number(value.toPrecision(digits))).replace("-", MINUS);
}

function limitNames(quantity, limits) {
  return limits.map((limit) => plain(limit, quantity.ratio ? 3 : 6));
}

function probability(value) {
  if (value === null || value === undefined) return ABSENT;
  if (value < 0.001) return "<0.001";
  if (value > 0.999) return ">0.999";
  return value > 0.055 && value < 0.945 ? value.toFixed(2) : value.toFixed(3);
}

function percent(mass) {
  return `${plain(100 * mass)}%`;
}

function counted(number) {
  return fixed(number, 0);
}
