// What the reader chose: quantity, group, prior set, mass, and smallest important differences by estimand.

const MARK = "#explore?";

function stated(content) {
  return Object.fromEntries(content.quantities.map((quantity) => [quantity.estimand, quantity.smallest]));
}

function firstState(content) {
  const [key, group] = content.main.length ? content.main[0] : [content.quantities[0].key, ""];
  return settle(content, { key, group, prior: content.prior, mass: content.mass, smallest: stated(content) });
}

function quantityOf(content, key) {
  return content.quantities.find((quantity) => quantity.key === key);
}

// A state in which everything exists: an unknown choice gives way to the first there is.
function settle(content, state) {
  const quantity = quantityOf(content, state.key) ?? content.quantities[0];
  const group = state.group in quantity.groups ? state.group : Object.keys(quantity.groups)[0];
  const priors = Object.keys(quantity.groups[group]);
  const usual = priors.includes(content.prior) ? content.prior : priors[0];
  return { ...state, key: quantity.key, group, prior: priors.includes(state.prior) ? state.prior : usual };
}

// From 50% to 99%, and as far as the study file's own.
function massLimits(content) {
  return [Math.min(0.5, content.mass), Math.max(0.99, content.mass)];
}

function isMass(content, mass) {
  const [least, most] = massLimits(content);
  return mass >= least && mass <= most;
}

function isSmallest(quantity, value) {
  return quantity.null !== null && Number.isFinite(value) && value >= (quantity.ratio ? 1 : 0);
}

// Only what differs from the study file is written into the address.
function addressOf(content, state) {
  const given = new URLSearchParams({ quantity: state.key, group: state.group, prior: state.prior });
  if (state.mass !== content.mass) given.set("mass", String(state.mass));
  for (const [estimand, value] of Object.entries(stated(content))) {
    const own = state.smallest[estimand];
    if (own !== value) given.set(`smallest.${estimand}`, own === null ? "none" : String(own));
  }
  return MARK + given.toString();
}

function stateOf(content, address) {
  const state = firstState(content);
  if (!address.startsWith(MARK)) return state;
  const given = new URLSearchParams(address.slice(MARK.length));
  const mass = Number(given.get("mass"));
  const smallest = { ...state.smallest };
  for (const quantity of content.quantities) {
    const text = given.get(`smallest.${quantity.estimand}`);
    if (text === "none" && quantity.null !== null) smallest[quantity.estimand] = null;
    else if (text && isSmallest(quantity, Number(text))) smallest[quantity.estimand] = Number(text);
  }
  return settle(content, {
    key: given.get("quantity"),
    group: given.get("group"),
    prior: given.get("prior"),
    mass: isMass(content, mass) ? mass : state.mass,
    smallest,
  });
}
