// The map of a fleet: search, filters, sorting, and a repository's own report. What it shows is in the address after
// "#", so that links and the Back button work. All text goes through textContent: nothing in a name is markup.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const [ID, NAME, URL_, STATE, KIND, LEVEL, COULD, ATTESTED, TARGET, NEXT, ASSESSED, SINCE, COMMITTED, ABOUT, FLAGS,
  SIGNS, MISSING, COUNTS, REPORT, CHANGE] = Array(20).keys();
const ROW = 36;
const EXTRA = 12;
const STATES = { stale: "older verdict", failed: "scan failed", skipped: "not scanned yet" };
const ANSWERS = { 1: "yes", 0: "no", "?": "unknown" };
const CLASSES = { 1: "c y", 0: "c n", "?": "c u" };
const TOP = Math.max(1, ...data.levels.map(([level]) => level));
const byId = new Map(data.rows.map((row, n) => [row[ID], n]));
const practiceAt = new Map(data.practices.map(([id], n) => [id, n]));
const criterionAt = new Map(data.criteria.map(([id], n) => [id, n]));
const searched = data.rows.map((row) =>
  [row[NAME], row[KIND], row[URL_] ?? "", ...row[ABOUT], ...row[FLAGS]].join(" ").toLowerCase());
const FIELDS = ["q", "level", "target", "practice", "has", "missing", "state", "change", "sort"];

const $ = (id) => document.getElementById(id);
const filters = $("filters");
const fields = Object.fromEntries(FIELDS.map((name) => [name, $(`f-${name}`)]));
const scroller = $("scroller");
const table = $("heat");
const body = table.tBodies[0];
const dialog = $("report");

let shown = [];
let active = 0;
let drawn = "";

// An element with attributes, and children that are elements or text.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

const hidden = (words) => make("span", { class: "hidden" }, words);
const count = (number, one, more) => `${number.toLocaleString("en")} ${number === 1 ? one : more}`;
const tone = (level) => `level-${Math.min(5, Math.round((5 * level) / TOP))}`;

// --- what the address says -------------------------------------------------------------------------------------------

function asked() {
  const hash = location.hash.slice(1);
  if (!hash.includes("=")) return null;
  const found = Object.fromEntries(new URLSearchParams(hash));
  const [practice, has] = (found.practice ?? "").split(":");
  return { ...found, practice, has: has ?? found.has ?? "yes" };
}

function address(state, repository) {
  const words = new URLSearchParams();
  for (const name of FIELDS) {
    if (name === "has" || !state[name] || (name === "sort" && state.sort === "name" && !state.down)) continue;
    words.set(name, name === "practice" ? `${state.practice}:${state.has}` : state[name]);
  }
  if (state.down) words.set("down", "1");
  if (repository) words.set("repo", repository);
  return `#${words}`.replaceAll("%3A", ":").replaceAll("%2F", "/");
}

function fromForm() {
  const state = Object.fromEntries(FIELDS.map((name) => [name, fields[name].value]));
  return { ...state, q: state.q.trim(), down: filters.dataset.down === "1" };
}

function intoForm(state) {
  for (const name of FIELDS) {
    const field = fields[name];
    field.value = state[name] ?? (name === "has" ? "yes" : name === "sort" ? "name" : "");
    if (field.selectedIndex === -1) field.selectedIndex = 0;
  }
  filters.dataset.down = state.down ? "1" : "";
}

function say(state, repository = null, push = false) {
  const words = address(state, repository);
  const change = push ? "pushState" : "replaceState";
  history[change](null, "", words === "#" ? location.pathname + location.search : words);
}

// --- which rows, in which order --------------------------------------------------------------------------------------

function levelFits(row, wanted) {
  if (wanted === "none") return row[LEVEL] === null && row[SIGNS] !== "";
  return row[COUNTS] && (wanted === "any" || row[LEVEL] === Number(wanted));
}

function targetFits(row, wanted) {
  if (!row[COUNTS]) return false;
  if (wanted === "none" || row[TARGET] === null) return (wanted === "none") === (row[TARGET] === null);
  return (row[LEVEL] >= row[TARGET]) === (wanted === "met");
}

function fits(state) {
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const practice = practiceAt.get(state.practice);
  const criterion = criterionAt.get(state.missing);
  return (n) => {
    const row = data.rows[n];
    return words.every((word) => searched[n].includes(word))
      && (!state.level || levelFits(row, state.level))
      && (!state.target || targetFits(row, state.target))
      && (practice === undefined || (row[COUNTS] && ANSWERS[row[SIGNS][practice]] === state.has))
      && (criterion === undefined || (row[COUNTS] && row[MISSING].includes(criterion)))
      && (!state.state || row[STATE] === state.state)
      && (!state.change || row[CHANGE] === state.change);
  };
}

// What a row is sorted by; null always comes last.
const KEYS = {
  name: () => null,
  level: (row) => row[LEVEL],
  next: (row) => row[NEXT],
  target: (row) => (row[TARGET] === null || row[LEVEL] === null ? null : row[LEVEL] - row[TARGET]),
  since: (row) => row[SINCE],
};
const RANK = { 1: 0, "?": 1, 0: 2 };

function order(state) {
  const practice = practiceAt.get(state.sort.slice(2));
  const key = practice === undefined ? KEYS[state.sort] ?? KEYS.name : (row) => RANK[row[SIGNS][practice]] ?? null;
  const turn = state.down ? -1 : 1;
  return (a, b) => {
    const [first, second] = [key(data.rows[a]), key(data.rows[b])];
    if (first === second) return state.sort === "name" ? (a - b) * turn : a - b;
    if (first === null || second === null) return first === null ? 1 : -1;
    return (first < second ? -1 : 1) * turn;
  };
}

function show(state) {
  const before = shown[active];
  shown = [...data.rows.keys()].filter(fits(state)).sort(order(state));
  active = Math.max(0, shown.indexOf(before));
  $("count").textContent = shown.length === data.rows.length
    ? count(shown.length, "repository", "repositories")
    : `${shown.length.toLocaleString("en")} of ${count(data.rows.length, "repository", "repositories")}`;
  fields.has.disabled = !fields.practice.value;
  head(state);
  drawn = "";
  draw();
}

// --- the table -------------------------------------------------------------------------------------------------------

function sorter(words, sort, state, attributes) {
  const sorted = state.sort === sort ? { "aria-sort": state.down ? "descending" : "ascending" } : {};
  return make("th", { scope: "col", ...attributes, ...sorted },
    make("button", { type: "button", "data-sort": sort, title: words }, words));
}

function head(state) {
  const focused = table.tHead.contains(document.activeElement) ? document.activeElement.dataset.sort : null;
  const cells = [
    sorter("Repository", "name", state, { class: "name" }),
    sorter("Level", "level", state, { class: "number" }),
    sorter("Target", "target", state, { class: "number" }),
    sorter("Steps to next", "next", state, { class: "number" }),
  ];
  let group = null;
  for (const [id, title, of, aside] of data.practices) {
    const words = `practice${aside ? " aside" : ""}${of === group ? "" : " first"}`;
    cells.push(sorter(title, `p:${id}`, state, { class: words }));
    group = of;
  }
  table.tHead.replaceChildren(make("tr", {}, ...cells));
  table.style.setProperty("--practices", data.practices.length);
  table.setAttribute("aria-rowcount", shown.length + 1);
  if (focused) table.tHead.querySelector(`[data-sort="${CSS.escape(focused)}"]`)?.focus();
}

const firsts = new Set(data.practices.flatMap(([, , of], n) => (n && data.practices[n - 1][2] === of ? [] : [n])));

function levelCell(row) {
  if (row[LEVEL] === null) {
    return make("td", { class: "number" }, make("span", { class: "chip none" }, row[KIND] || STATES[row[STATE]] || ""));
  }
  const change = { up: "▲", down: "▼" }[row[CHANGE]];
  return make("td", { class: "number" }, make("span", { class: `chip ${tone(row[LEVEL])}` }, String(row[LEVEL])),
    row[COULD] > row[LEVEL] ? make("span", { class: "small" }, ` –${row[COULD]}`, hidden(" could be")) : null,
    change ? make("span", { class: row[CHANGE] }, ` ${change}`, hidden(` moved ${row[CHANGE]}`)) : null,
    row[STATE] === "stale"
      ? make("span", { class: "small" }, " old", hidden(" verdict, the newest scan failed")) : null);
}

function targetCell(row) {
  if (row[TARGET] === null || row[LEVEL] === null) return make("td", { class: "number" });
  const reached = row[LEVEL] >= row[TARGET];
  return make("td", { class: `number ${reached ? "up" : "down"}` }, `${reached ? "✓" : "✗"} ${row[TARGET]}`,
    hidden(reached ? " reached" : " not reached"));
}

function line(position) {
  const n = shown[position];
  const row = data.rows[n];
  const cut = Math.max(0, row[NAME].lastIndexOf("/"));
  const button = make("button", { type: "button", tabindex: position === active ? 0 : -1, title: row[NAME] },
    make("span", { class: "before" }, row[NAME].slice(0, cut)), make("span", { class: "last" }, row[NAME].slice(cut)));
  const line_ = make("tr", { class: "row", "aria-rowindex": position + 2, "data-at": position },
    make("th", { scope: "row", class: "name" }, button), levelCell(row), targetCell(row),
    make("td", { class: "number" }, row[NEXT] === null ? "" : String(row[NEXT])));
  for (let at = 0; at < data.practices.length; at += 1) {
    const sign = row[SIGNS][at];
    const cell = document.createElement("td");
    cell.className = (CLASSES[sign] ?? "c") + (firsts.has(at) ? " first" : "");
    cell.textContent = ANSWERS[sign] ?? "";
    line_.append(cell);
  }
  return line_;
}

function space(rows) {
  const row = make("tr", { "aria-hidden": "true" }, make("td", { colspan: 4 + data.practices.length }));
  row.style.height = `${rows * ROW}px`;
  return row;
}

// Only the rows that can be seen are in the page; `whole` is for printing.
function draw(whole = false) {
  const most = whole ? Math.min(shown.length, 2000) : shown.length;
  let from = Math.max(0, Math.floor(scroller.scrollTop / ROW) - EXTRA);
  let to = Math.min(shown.length, from + Math.ceil(scroller.clientHeight / ROW) + 2 * EXTRA);
  if (whole) [from, to] = [0, most];
  const what = `${from} ${to} ${active}`;
  if (what === drawn && !whole) return;
  const focused = body.contains(document.activeElement);
  const rows = [];
  for (let at = from; at < to; at += 1) rows.push(line(at));
  if (!shown.length) {
    const nothing = { class: "nothing", colspan: 4 + data.practices.length };
    rows.push(make("tr", {}, make("td", nothing, "No repository is like that.")));
  }
  body.replaceChildren(...(from ? [space(from)] : []), ...rows, ...(to < most ? [space(most - to)] : []));
  drawn = what;
  if (focused) buttonAt(active)?.focus({ preventScroll: true });
}

const buttonAt = (position) => body.querySelector(`tr[data-at="${position}"] button`);

function go(position) {
  active = Math.max(0, Math.min(shown.length - 1, position));
  const top = active * ROW;
  const room = scroller.clientHeight - table.tHead.offsetHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + ROW > scroller.scrollTop + room) scroller.scrollTop = top + ROW - room;
  draw();
  buttonAt(active)?.focus({ preventScroll: true });
}

// --- a repository's own report ---------------------------------------------------------------------------------------

const unpacked = new Map();

async function packet(number) {
  if (!unpacked.has(number)) {
    const bytes = Uint8Array.from(atob($(`packet-${number}`).textContent), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    unpacked.set(number, await new Response(stream).json());
  }
  return unpacked.get(number);
}

const text = (number) => data.texts[number];

function spot([label, url]) {
  const words = make("code", {}, label);
  return /^https:\/\//.test(url) ? make("a", { href: url, rel: "noreferrer" }, words) : words;
}

function ladder(rungs) {
  const items = rungs.map(([number, name, short, state, words, share]) => make("li",
    { class: state, "aria-current": state === "here" ? "true" : null },
    make("span", { class: "number" }, String(number)),
    make("span", { class: "name" }, text(name),
      state === "here" ? make("span", { class: "tag" }, "here") : "",
      state === "possible" ? make("span", { class: "tag maybe" }, "could be") : ""),
    text(short) ? make("span", { class: "small" }, text(short)) : "",
    words ? make("span", { class: "amount" }, words) : "",
    words ? progress(share) : ""));
  for (const item of items) item.querySelector(".name .tag")?.before(" ");
  return make("ol", { class: "ladder" }, ...items);
}

function progress(share) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  for (const [name, value] of [["class", "bar"], ["viewBox", "0 0 100 8"], ["preserveAspectRatio", "none"],
    ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  for (const [tone_, width] of [["empty", 100], ["full", share]]) {
    const rect = document.createElementNS(space, "rect");
    for (const [name, value] of [["class", tone_], ["width", width], ["height", 8]]) rect.setAttribute(name, value);
    svg.append(rect);
  }
  return svg;
}

function steps(way) {
  if (way.level === null) return way.nothing ? [make("p", {}, `${way.nothing}.`)] : [];
  const each = ([title, how, effort, now]) => make("li", { class: "card" }, make("strong", {}, text(title)),
    make("span", { class: "small" }, ` (${text(effort)})`), make("p", {}, text(how)),
    now ? make("p", { class: "small" }, `So far: ${now}`) : "");
  const found = [make("h3", {}, `Missing for level ${way.level}`)];
  found.push(way.needed.length ? make("ol", { class: "steps" }, ...way.needed.map(each))
    : make("p", {}, "No set of steps leads there from here."));
  if (way.others.length) {
    found.push(make("details", {}, make("summary", {}, `Asked too, not needed for the level: ${way.others.length}`),
      make("ul", { class: "plain" }, ...way.others.map(([title, how]) => make("li", {}, make("strong", {}, text(title)),
        `: ${text(how)}`)))));
  }
  return found;
}

function practices(items) {
  const row = ([title, aside, tone_, words, why, places, more]) => make("tr", { role: "row" },
    make("th", { scope: "row", role: "rowheader" }, text(title),
      aside ? make("span", { class: "small" }, " (only reported)") : ""),
    make("td", { role: "cell" }, make("span", { class: `mark ${tone_}` }, words)),
    make("td", { role: "cell" }, why,
      ...places.map(([label, url, excerpt, about]) => make("div", {}, spot([label, url]),
        make("span", { class: "small" }, ` ${about}`), excerpt ? make("code", { class: "excerpt" }, excerpt) : "")),
      more ? make("span", { class: "small" }, `${count(more, "more place", "more places")}`) : ""));
  const part = (rows) => make("table", { class: "rows", role: "table" },
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" },
      ...["Practice", "Seen", "Evidence, or why not"].map((words) =>
        make("th", { scope: "col", role: "columnheader" }, words)))),
    make("tbody", { role: "rowgroup" }, ...rows.map(row)));
  const there = items.filter(([, , tone_]) => tone_ !== "no");
  const missing = items.filter(([, , tone_]) => tone_ === "no");
  return [make("h3", {}, "Practices and their evidence"), there.length ? part(there) : make("p", {}, "None was found."),
    missing.length ? make("details", {}, make("summary", {}, `Not found: ${missing.length}`), part(missing)) : null];
}

function listed(title, items) {
  return items.length ? [make("h3", {}, title), make("ul", { class: "sights" }, ...items)] : [];
}

function rest(found) {
  const near = found.near.map(([place, practice, reason]) => make("li", {}, spot(place),
    make("span", { class: "small" }, ` ${practice}`), make("br"), reason));
  const gaps = found.gaps.map(([reason, places, spots]) => make("li", {}, `${reason}: ${places} `,
    ...spots.flatMap((each) => [" ", spot(each)])));
  const said = found.said.flatMap(([title, lines]) => listed(title, lines.map((words) => make("li", {}, words))));
  const projects = found.projects.map(([path, level]) => make("li", {}, make("code", {}, path), ` level ${level}`));
  return [...listed("ML projects in this repository", projects), ...listed("Nearly counted", near),
    ...listed("Could not be read", gaps), ...said,
    ...listed("Hints", found.hints.map((words) => make("li", {}, words)))];
}

function about(row, found) {
  const revision = make("code", {}, found?.revision ?? "");
  const dates = [[COMMITTED, "of"], [ASSESSED, "judged on"], [SINCE, "on this level since"]]
    .filter(([field]) => row[field]).map(([field, words]) => `${words} ${row[field]}`);
  const words = [...dates, ...row[ABOUT], ...row[FLAGS]].join(", ");
  if (!found?.revision) return make("p", { class: "under" }, words);
  const link = found.commit ? make("a", { href: found.commit, rel: "noreferrer" }, revision) : revision;
  return make("p", { class: "under" }, "revision ", link, ` ${words}`);
}

function contents(row, found) {
  const [verdict, ...notes] = found?.notes ?? [STATES[row[STATE]] ?? "No verdict is in this page"];
  const full = data.folder !== null && row[REPORT] >= 0 ? `${data.folder}${encodeURIComponent(row[ID])}.html` : null;
  const links = [row[URL_] ? make("a", { href: row[URL_], rel: "noreferrer" }, "Repository") : null,
    full ? make("a", { href: full }, "Full report") : null].filter(Boolean);
  const inside = make("div", { class: "inside" },
    make("h2", { id: "report-title", tabindex: "-1" }, row[NAME]), about(row, found),
    make("p", { class: "links" }, ...links.flatMap((link, n) => (n ? [", ", link] : [link]))),
    make("div", { class: "verdict" },
      row[LEVEL] === null ? "" : make("p",
        { class: `level ${tone(row[LEVEL])}`, "aria-hidden": "true" }, String(row[LEVEL])),
      make("div", {}, make("p", { class: "note" }, make("strong", {}, verdict)),
        ...(found?.reasons.length ? [make("p", { class: "note" }, `${row[KIND]}: ${found.reasons.join("; ")}`)] : []),
        ...(row[STATE] === "stale"
          ? [make("p", { class: "note" }, "The newest scan failed; this is the verdict before it.")] : []),
        ...notes.map((words) => make("p", { class: "note" }, `${words}.`)))));
  if (found) {
    const rungs = found.ladder.length
      ? [make("h3", {}, "The ladder"), make("div", { class: "card" }, ladder(found.ladder))] : [];
    inside.append(make("div", { class: "sides" }, make("div", {}, ...steps(found.way)), make("div", {}, ...rungs)),
      ...practices(found.practices).filter(Boolean), ...rest(found));
  }
  return inside;
}

async function open(id) {
  const n = byId.get(id);
  if (n === undefined) return;
  const row = data.rows[n];
  const at = shown.indexOf(n);
  if (at >= 0) active = at;
  let found = null;
  if (row[REPORT] >= 0) {
    try {
      found = (await packet(Math.floor(row[REPORT] / data.together)))[row[REPORT] % data.together];
    } catch {
      found = null;
    }
  }
  if (asked()?.repo !== id) return;
  const step = (words, to) => make("button", { type: "button", class: "plain", "data-to": shown[to] ?? "",
    disabled: at < 0 || shown[to] === undefined }, words);
  const place = at < 0 ? "" : `${(at + 1).toLocaleString("en")} of ${shown.length.toLocaleString("en")}`;
  dialog.replaceChildren(make("div", { class: "bar-top" }, make("span", { class: "position" }, place),
    step("Previous", at - 1), step("Next", at + 1),
    make("button", { type: "button", class: "plain", "data-close": true }, "Close")), contents(row, found));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  $("report-title").focus({ preventScroll: true });
}

// --- what happens ----------------------------------------------------------------------------------------------------

function follow(first = false) {
  const state = asked();
  if (state === null) {
    if (dialog.open) dialog.close();
    if (first) show(fromForm());
    return;
  }
  const opened = state.repo;
  if (!opened && dialog.open) dialog.close();
  const filtered = FIELDS.some((name) => name !== "has" && state[name]);
  if (!opened || filtered || first) {
    intoForm(state);
    show(fromForm());
  }
  if (opened) open(opened);
  else $("repositories").scrollIntoView();
}

function choose(change = {}) {
  Object.assign(filters.dataset, change);
  say(fromForm());
  scroller.scrollTop = 0;
  show(fromForm());
}

filters.addEventListener("input", () => choose());
fields.sort.addEventListener("change", () => choose({ down: "" }));
$("clear").addEventListener("click", () => {
  intoForm({});
  choose();
  fields.q.focus();
});
table.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.sort) {
    const state = fromForm();
    const again = state.sort === button.dataset.sort;
    fields.sort.value = button.dataset.sort;
    choose({ down: again && !state.down ? "1" : "" });
    return;
  }
  active = Number(button.closest("tr").dataset.at);
  say(fromForm(), data.rows[shown[active]][ID], true);
  open(data.rows[shown[active]][ID]);
});
body.addEventListener("keydown", (event) => {
  const page = Math.max(1, Math.floor(scroller.clientHeight / ROW) - 4);
  const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0,
    End: shown.length - 1 }[event.key];
  if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  go(to);
});
scroller.addEventListener("scroll", () => requestAnimationFrame(() => draw()), { passive: true });
dialog.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (event.target === dialog || button?.dataset.close !== undefined) {
    dialog.close();
  } else if (button?.dataset.to) {
    const id = data.rows[Number(button.dataset.to)][ID];
    say(fromForm(), id);
    open(id);
  }
});
dialog.addEventListener("close", () => {
  if (asked()?.repo) say(fromForm());
  if (shown.length) go(active);
});
addEventListener("hashchange", () => follow());
addEventListener("popstate", () => follow());
addEventListener("resize", () => draw());
addEventListener("beforeprint", () => draw(true));
addEventListener("afterprint", () => {
  drawn = "";
  draw();
});

$("map").hidden = false;
follow(true);
