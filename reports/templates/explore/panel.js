// The controls, and everything that follows them.

function start() {
  const at = (name) => document.getElementById(name ? `explore-${name}` : "explore");
  if (!at()) return;
  const content = JSON.parse(at("content").textContent);
  if (content.quantities.length === 0) return;
  const decoded = new Map();
  const valuesOf = (cell) => {
    if (!decoded.has(cell)) decoded.set(cell, decode(cell));
    return decoded.get(cell);
  };
  let state = stateOf(content, location.hash);
  let waiting = 0;

  const smallestOf = (quantity) => state.smallest[quantity.estimand];
  // Of the draws carried along an interval may differ in its last digit: what all draws gave is shown where it is asked for.
  const sumUp = (quantity, cell) => ({
    ...cell.centre,
    ...summarise(valuesOf(cell), quantity, state.mass, content.kind, smallestOf(quantity)),
    ...(state.mass === content.mass ? cell.interval : {}),
    ...(smallestOf(quantity) === quantity.smallest ? cell.regions : {}),
  });
  const failed = (quantity, prior) => content.failed.includes(`${quantity.model}/${prior}`);
  const marked = (text) => (content.synthetic ? `Synthetic data. ${text}` : text);
  const groupName = (group) => (group === "overall" ? "whole sample" : group);
  const intervalName = () => `${percent(state.mass)} ${content.kindName} interval`;
  const withUnit = (text, quantity) => (quantity.unit ? `${text} ${quantity.unit}` : text);

  // The texts of a row and the numbers behind them.
  function cellsOf(quantity, cell) {
    const said = sumUp(quantity, cell);
    const decimals = decimalsOf(said, cell, quantity);
    const [lower, upper] = [said.lower, said.upper].map((limit) => fixed(limit, decimals));
    const none = quantity.null === null;
    return [
      [fixed(said.median, decimals), said.median],
      [`${lower} to ${upper}`, `${said.lower} ${said.upper}`],
      [none ? "not applicable" : `${probability(said.direction)} ${said.side} ${plain(quantity.null)}`, said.direction],
      ...["below", "inside", "above"].map((region) => [probability(said[region]), said[region]]),
    ];
  }

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== "") say(made, text);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function fillTable(table, caption, labels, rows) {
    say(table.caption.firstElementChild, marked(caption));
    const head = element("tr", "");
    head.append(...labels.map((label, place) => element("th", label, place ? { scope: "col", class: "number" } : { scope: "col" })));
    table.tHead.replaceChildren(head);
    table.tBodies[0].replaceChildren(
      ...rows.map(({ name, cells, chosen }) => {
        const row = element("tr", "", chosen ? { class: "chosen" } : {});
        row.append(element("th", name, { scope: "row" }));
        for (const [text, value] of cells) {
          const cell = element("td", "", { class: "number" });
          cell.append(element("data", text, { value: value ?? "" }));
          row.append(cell);
        }
        return row;
      }),
    );
  }

  function smallestName(quantity) {
    const value = smallestOf(quantity);
    if (quantity.null === null) return "not applicable";
    return value === null ? "none" : plain(value);
  }

  function showTables(quantity, cells) {
    const names = ["Median", intervalName(), "Probability of its side"];
    const beyond = ["Beyond, low side", "Within", "Beyond, high side"];
    const limits = importantLimits(quantity, smallestOf(quantity));
    const [low, high] = limitNames(quantity, limits ?? []);
    const sides = limits ? [`Under ${low}`, `${low} to ${high}`, `Over ${high}`] : beyond;
    fillTable(
      at("priors"),
      `${quantity.name}, ${groupName(state.group)}: every prior set.`,
      ["Prior set", ...names, ...sides],
      Object.entries(cells).map(([prior, cell]) => ({
        name: failed(quantity, prior) ? `${prior} (do not report)` : prior,
        cells: cellsOf(quantity, cell),
        chosen: prior === state.prior,
      })),
    );
    const answers = content.main
      .map(([key, group]) => [quantityOf(content, key), group])
      .filter(([main, group]) => state.prior in main.groups[group]);
    fillTable(
      at("answers"),
      `Main answers under ${content.priors[state.prior]}.`,
      ["Quantity", ...names, "Smallest important difference", ...beyond],
      answers.map(([main, group]) => {
        const found = cellsOf(main, main.groups[group][state.prior]);
        found.splice(3, 0, [smallestName(main), smallestOf(main)]);
        const name = group === "overall" ? main.name : `${main.name} (${group})`;
        return { name: failed(main, state.prior) ? `${name} (do not report)` : name, cells: found, chosen: main === quantity && group === state.group };
      }),
    );
  }

  function sentence(quantity, cell) {
    const [median, interval, side] = cellsOf(quantity, cell).map(([text]) => text);
    const said = sumUp(quantity, cell);
    const parts = [
      `${quantity.name}, ${groupName(state.group)}, under ${content.priors[state.prior]}: median ${withUnit(median, quantity)}, ${intervalName()} ${interval}`,
    ];
    if (said.direction !== null) {
      const [chance, ...place] = side.split(" ");
      parts.push(`it lies ${place.join(" ")} with probability ${chance}`);
    }
    if (said.limits) {
      const [low, high] = limitNames(quantity, said.limits);
      parts.push(
        `under ${low} with probability ${probability(said.below)}, from ${low} to ${high} with ${probability(said.inside)}, over ${high} with ${probability(said.above)}`,
      );
    }
    return `${parts.join("; ")}.`;
  }

  function aside(quantity, cell) {
    const kept = valuesOf(cell).length;
    const changed = [];
    if (state.mass !== content.mass) changed.push(`mass ${percent(state.mass)} instead of ${percent(content.mass)}`);
    if (state.prior !== content.prior) changed.push(`prior set ${state.prior} instead of ${content.prior}`);
    for (const [estimand, value] of Object.entries(stated(content))) {
      const own = state.smallest[estimand];
      const name = (given) => (given === null ? "none" : plain(given));
      if (own !== value) changed.push(`smallest important difference of ${estimand} ${name(own)} instead of ${name(value)}`);
    }
    const source =
      kept === cell.stored
        ? `Recomputed in this browser from all ${counted(kept)} stored draws.`
        : `With the study file's values, numbers are those of all ${counted(cell.stored)} stored draws. The dots, and what other values give, are computed in this browser from ${counted(kept)} of them, taken at even steps in order of size: a share differs from that of all draws by about ${plain(0.5 / kept, 1)} at most, and the last digit of a limit may differ.`;
    return [
      source,
      `All draws together know the mean to a Monte Carlo standard error of ${plain(cell.mcse, 2)}; small probabilities and the ends of wide intervals are known less well.`,
      "Tables and figures elsewhere in the report come from all draws and do not change.",
      changed.length ? `Differs from the study file: ${changed.join("; ")}.` : "All values are those of the study file.",
    ].join(" ");
  }

  function showFigure(quantity, cells) {
    const sums = Object.fromEntries(Object.entries(cells).map(([prior, cell]) => [prior, sumUp(quantity, cell)]));
    const draws = Object.fromEntries(Object.entries(cells).map(([prior, cell]) => [prior, valuesOf(cell)]));
    const name = withUnit(quantity.name, { unit: quantity.unit && `[${quantity.unit}]` });
    const { values, limits, cut } = drawFigure(at("figure"), {
      quantity, prior: state.prior, cells: draws, rows: sums, synthetic: content.synthetic, name,
    });
    const said = sums[state.prior];
    const count = (region) => values.filter((value) => regionOf(value, said, quantity) === region).length;
    const [low, high] = limitNames(quantity, said.limits ?? []);
    const counts = said.limits
      ? ` Of 100 dots ${count("below")} lie under ${low}, ${count("inside")} within, ${count("above")} over ${high}.`
      : "";
    at("figure-title").textContent = marked(`Dot plot. ${sentence(quantity, cells[state.prior])}${counts}`);
    const colours = said.limits ? "filled dots lie beyond the smallest important difference, rings within it; " : "";
    const lines = quantity.null === null ? "" : "; dashed: no change or association";
    const drawn = said.limits ? limits.length : -1;
    const dotted = {
      0: "; the smallest important difference lies outside the frame",
      1: "; dotted: smallest important difference, its other side lies outside the frame",
      2: "; dotted: smallest important difference either way",
    };
    say(
      at("caption"),
      marked(
        `Each dot is a hundredth of the posterior under ${content.priors[state.prior]}; ${colours}below: median and ${intervalName()} under every prior set${cut ? ", cut at the frame" : ""}${lines}${dotted[drawn] ?? ""}.`,
      ),
    );
  }

  function options(select, names, chosen) {
    select.replaceChildren(...names.map(([value, text]) => new Option(text, value)));
    select.value = chosen;
    select.disabled = names.length < 2;
  }

  // A field that is being written in is left alone.
  function write(input, value) {
    if (input === document.activeElement) return;
    input.value = value;
    input.removeAttribute("aria-invalid");
  }

  function showControls(quantity, cells) {
    at("quantity").value = quantity.key;
    options(at("group"), Object.keys(quantity.groups).map((group) => [group, groupName(group)]), state.group);
    options(at("prior"), Object.keys(cells).map((prior) => [prior, prior]), state.prior);
    const mass = Number((100 * state.mass).toPrecision(12));
    const [least, most] = massLimits(content);
    for (const name of ["mass", "mass-slide"]) {
      at(name).min = 100 * least;
      at(name).max = 100 * most;
      write(at(name), mass);
    }
    at("mass-slide").setAttribute("aria-valuetext", percent(state.mass));
    showSmallest(quantity, cells);
  }

  function showSmallest(quantity, cells) {
    const none = quantity.null === null;
    const values = valuesOf(cells[state.prior]);
    const least = quantity.ratio ? 1 : 0;
    const far = [values[0], values[values.length - 1]];
    const most = quantity.ratio
      ? Math.max(...far.filter((value) => value > 0).map((value) => Math.max(value / quantity.null, quantity.null / value)))
      : Math.max(...far.map((value) => Math.abs(value - quantity.null)));
    const step = 10 ** Math.floor(Math.log10((most - least) / 30));
    const slide = at("smallest-slide");
    slide.min = least;
    slide.max = least + Math.ceil((most - least) / step) * step;
    slide.step = step;
    at("smallest").min = least;
    const value = smallestOf(quantity);
    for (const input of [at("smallest"), slide]) {
      input.disabled = none;
      write(input, value ?? (input === slide ? least : ""));
    }
    slide.setAttribute("aria-valuetext", value === null ? "none" : withUnit(plain(value), quantity));
    const unit = quantity.ratio ? "a factor" : quantity.unit;
    at("smallest-label").textContent = unit ? `Smallest important difference, ${unit}` : "Smallest important difference";
    const given = quantity.smallest === null ? "The study file states none." : `The study file states ${plain(quantity.smallest)}.`;
    at("hint").textContent = none
      ? "This quantity has no value of no change, so no smallest important difference applies."
      : `The smallest important difference is ${quantity.ratio ? "a factor of 1 or more" : "0 or more"}, either way of ${plain(quantity.null)}; an empty field is none. ${given}`;
  }

  function show() {
    const quantity = quantityOf(content, state.key);
    const cells = quantity.groups[state.group];
    showControls(quantity, cells);
    showTables(quantity, cells);
    showFigure(quantity, cells);
    say(at("said"), sentence(quantity, cells[state.prior]));
    say(at("aside"), aside(quantity, cells[state.prior]));
    at("warning").hidden = !failed(quantity, state.prior);
    at("warning").textContent = at("warning").hidden
      ? ""
      : `Do not report: the fit of ${quantity.model} under ${content.priors[state.prior]} failed its diagnostics.`;
    // A slider on its way would have every step read out.
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      at("status").textContent = `${at("said").textContent} ${at("aside").textContent}`;
    }, 500);
  }

  function change(given) {
    state = settle(content, { ...state, ...given });
    show();
  }

  function keep() {
    history.replaceState(null, "", addressOf(content, state));
  }

  function changeMass(input) {
    const mass = Number(input.value) / 100;
    input.setAttribute("aria-invalid", String(!isMass(content, mass)));
    if (isMass(content, mass)) change({ mass });
  }

  function changeSmallest(input) {
    const quantity = quantityOf(content, state.key);
    const blank = input.value.trim() === "" && !input.validity.badInput;
    const value = blank ? null : Number(input.value);
    const fits = blank || (!input.validity.badInput && isSmallest(quantity, value));
    input.setAttribute("aria-invalid", String(!fits));
    if (fits) change({ smallest: { ...state.smallest, [quantity.estimand]: value } });
  }

  function offerQuantities() {
    const questions = [...new Set(content.quantities.map((quantity) => quantity.question))];
    at("quantity").replaceChildren(
      ...questions.map((question) => {
        const group = element("optgroup", "", { label: question });
        const own = content.quantities.filter((quantity) => quantity.question === question);
        group.append(...own.map((quantity) => new Option(quantity.name, quantity.key)));
        return group;
      }),
    );
  }

  function listen() {
    const on = (name, event, act) => at(name).addEventListener(event, (happened) => act(happened.target));
    on("quantity", "change", (input) => change({ key: input.value }));
    on("group", "change", (input) => change({ group: input.value }));
    on("prior", "change", (input) => change({ prior: input.value }));
    for (const name of ["mass", "mass-slide"]) on(name, "input", changeMass);
    for (const name of ["smallest", "smallest-slide"]) on(name, "input", changeSmallest);
    // On leaving a field it shows the value in use again; then, too, the address is written, for browsers limit how often.
    at().addEventListener("change", keep);
    at().addEventListener("focusout", () => setTimeout(show));
    at("reset").addEventListener("click", () => {
      change({ prior: content.prior, mass: content.mass, smallest: stated(content), group: firstState(content).group });
      keep();
    });
    addEventListener("hashchange", () => {
      if (location.hash.startsWith(MARK)) change(stateOf(content, location.hash));
    });
    new ResizeObserver(() => {
      const quantity = quantityOf(content, state.key);
      showFigure(quantity, quantity.groups[state.group]);
    }).observe(at("figure").parentElement);
  }

  offerQuantities();
  at().hidden = false;
  at().classList.add("live");
  show();
  listen();
  if (location.hash.startsWith(MARK)) at().closest("section").scrollIntoView();
}

start();
