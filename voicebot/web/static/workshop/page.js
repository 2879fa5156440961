/** The staff page: a draft of the files, checked while it is written. */

import { Draft } from "./draft.js";
import { make } from "./make.js";
import { officeForm, townForm } from "./rooms.js";
import { Server } from "./server.js";

const config = JSON.parse(document.getElementById("config").textContent);
const { texts } = config;
const part = (id) => document.getElementById(id);
const server = new Server(config.csrf, texts.offline);
const draft = new Draft();

config.titles = { hours: part("office").dataset.hours, exceptions: part("office").dataset.exceptions };
config.listen = listen;

let room = "";
let timer = 0;
let asked = 0;
let sheet = null;

const offices = () => draft.get("offices.yaml", ["offices"]) ?? {};
const nameOf = (office) => offices()[office]?.names?.[config.language] ?? office;

async function trying(work) {
  try {
    part("trouble").hidden = true;
    return await work();
  } catch (error) {
    part("trouble").textContent = `${texts.failed} ${error.message}`;
    part("trouble").hidden = false;
    return null;
  }
}

async function load() {
  await trying(async () => {
    sheet = await server.get("/staff/files");
    draft.load(sheet);
    showDisk(sheet.status);
    showClosings(sheet.closings);
    showRooms();
    open(room in offices() ? room : Object.keys(offices())[0]);
    showHistory(await server.get("/staff/history"));
    changed();
  });
}

// which office

function showRooms() {
  const entries = [...Object.keys(offices()), ""];
  part("rooms").replaceChildren(
    ...entries.map((office) => {
      const button = make("button", { type: "button", onclick: () => open(office, true) }, office ? nameOf(office) : texts.all_closed);
      button.dataset.room = office;
      return make("li", {}, button);
    }),
  );
  part("closed-office").replaceChildren(
    make("option", { value: "" }, texts.all_closed),
    ...Object.keys(offices()).map((office) => make("option", { value: office }, nameOf(office))),
  );
}

function open(office, focus = false) {
  room = office;
  for (const button of part("rooms").querySelectorAll("button")) {
    if (button.dataset.room === office) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  part("office-title").textContent = office ? nameOf(office) : texts.all_closed;
  const form = office ? officeForm(draft, office, config, changed) : townForm(draft, config, changed);
  part("fields").replaceChildren(...form);
  part("hear").hidden = !office;
  part("heard").replaceChildren();
  showFaults(last?.problems ?? []);
  if (focus) part("office").focus();
}

// the check

let last = null;

function changed() {
  clearTimeout(timer);
  part("publish").disabled = true;
  part("discard").disabled = !draft.dirty;
  if (!draft.dirty) {
    last = null;
    showVerdict(texts.unchanged);
    showFaults([]);
    part("affects").replaceChildren();
    return;
  }
  showVerdict(texts.checking);
  timer = setTimeout(check, 700);
}

async function check() {
  const turn = ++asked;
  const trial = await trying(() => server.post("/staff/check", draft.body()));
  if (turn === asked && trial) showTrial(trial);
}

function showTrial(trial) {
  last = trial;
  const right = `${trial.sentences - trial.failed}/${trial.sentences} ${texts.sentences}`;
  showVerdict(`${trial.ok ? texts.good : texts.errors} ${trial.sentences ? right : ""}`, trial.ok);
  part("publish").disabled = !trial.ok || !draft.dirty;
  showFaults(trial.problems);
  const told = trial.affects.map((line) => make("li", {}, line));
  part("affects").replaceChildren(
    make("h3", {}, texts.affects),
    told.length ? make("ul", {}, ...told) : make("p", {}, trial.ok ? texts.nobody : ""),
  );
}

function showVerdict(words, good = true) {
  part("verdict").textContent = words;
  part("verdict").classList.toggle("bad", !good);
}

/** Each problem in the list, and the errors beside their fields. */
function showFaults(problems) {
  for (const fault of document.querySelectorAll(".fault")) {
    fault.hidden = true;
    fault.textContent = "";
    fault.parentElement.querySelector("input, textarea, select")?.removeAttribute("aria-invalid");
  }
  const holders = [...document.querySelectorAll("[data-key]")];
  part("problems").replaceChildren(
    ...problems.map((problem) => {
      const holder = nearest(holders, problem);
      const words = `${problem.message}: ${problem.remedy}`;
      if (holder) {
        const fault = holder.querySelector(":scope > .fault");
        fault.textContent = words;
        fault.hidden = false;
        if (problem.error) holder.querySelector("input, textarea, select")?.setAttribute("aria-invalid", "true");
      }
      const where = `${problem.file}${problem.line ? `:${problem.line}` : ""}`;
      const item = make("li", { className: problem.error ? "error" : "warning" }, `${words} (${where})`);
      if (holder) {
        item.append(" ", make("button", { type: "button", onclick: () => go(holder) }, "→"));
        item.lastChild.ariaLabel = words;
      }
      return item;
    }),
  );
}

/** The field whose key is the longest beginning of the problem's. */
function nearest(holders, problem) {
  const fits = holders.filter(
    ({ dataset }) =>
      dataset.file === problem.file &&
      (problem.key === dataset.key || problem.key.startsWith(`${dataset.key}.`) || problem.key.startsWith(`${dataset.key}[`)),
  );
  return fits.sort((one, other) => other.dataset.key.length - one.dataset.key.length)[0];
}

function go(holder) {
  const details = holder.closest("details");
  if (details) details.open = true;
  holder.scrollIntoView({ block: "center" });
  holder.querySelector("input, textarea, select")?.focus();
}

// publishing and undoing

part("publish").addEventListener("click", async () => {
  part("publish").disabled = true;
  showVerdict(texts.checking);
  const trial = await trying(() => server.post("/staff/publish", draft.body()));
  if (!trial) return;
  if (trial.ok) {
    await load();
    showVerdict(texts.published);
  } else {
    showTrial(trial);
  }
});

part("discard").addEventListener("click", () => {
  draft.discard();
  open(room);
  changed();
});

function showHistory(versions) {
  part("history").replaceChildren(
    ...versions.map((one, place) => {
      const at = new Date(one.at).toLocaleString(config.language, { dateStyle: "medium", timeStyle: "short" });
      const words = `${texts.version} ${one.number}, ${at}, ${one.author} (${texts.occasions[one.occasion] ?? ""}${one.of ? ` ${one.of}` : ""})`;
      const item = make("li", { value: one.number }, words);
      if (place === 0) item.append(" ", make("strong", {}, texts.in_use));
      else item.append(" ", make("button", { type: "button", onclick: () => takeUp(one.number) }, texts.take_up));
      return item;
    }),
  );
}

async function takeUp(number) {
  if (draft.dirty && !confirm(texts.sure_rollback)) return;
  const done = await trying(() => server.post("/staff/rollback", { number }));
  if (done) {
    await load();
    showVerdict(texts.taken_up);
  }
}

function showDisk(status) {
  part("disk").hidden = status.state === "live";
  part("disk").replaceChildren(
    make("p", {}, texts.refused),
    make("ul", {}, ...status.problems.slice(0, 10).map((line) => make("li", {}, line))),
  );
}

// what callers hear

part("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const at = part("at").value || null;
  const body = draft.body({ office: room, at, action: part("action").value });
  const heard = await trying(() => server.post("/staff/preview", body));
  if (!heard) return;
  part("heard").replaceChildren(
    ...heard.flatMap(({ language, spoken, shown }) => {
      const { name, dir } = config.languages.find(({ code }) => code === language);
      const button = make("button", { type: "button", onclick: () => listen(language, spoken) }, texts.listen);
      button.ariaLabel = `${texts.listen}: ${name}`;
      return [
        make("dt", {}, name, " ", button),
        make("dd", { lang: language, dir }, shown.join(" ")),
      ];
    }),
  );
});

async function listen(language, sentences) {
  const sound = part("sound");
  showVerdict(texts.speaking);
  const blob = await trying(() => server.sound("/staff/listen", { language, sentences }));
  showVerdict(last ? (last.ok ? texts.good : texts.errors) : texts.unchanged, last?.ok ?? true);
  if (!blob) return;
  URL.revokeObjectURL(sound.src);
  sound.src = URL.createObjectURL(blob);
  sound.hidden = false;
  await sound.play().catch(() => {});
}

// the emergency closing

part("emergency").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!confirm(texts.sure_close)) return;
  const body = { office: part("closed-office").value || null, until: part("closed-until").value || null };
  const closings = await trying(() => server.post("/staff/close", body));
  if (closings) showClosings(closings);
});

function showClosings(closings) {
  part("closings").replaceChildren(
    ...closings.map(({ office, since, until }) => {
      const say = (moment) => new Date(moment).toLocaleString(config.language, { dateStyle: "short", timeStyle: "short" });
      const words = `${office ? nameOf(office) : texts.all_closed}: ${texts.closed_since} ${say(since)}${until ? `, ${texts.until} ${say(until)}` : ""}`;
      const reopen = async () => {
        const left = await trying(() => server.post("/staff/open", { office }));
        if (left) showClosings(left);
      };
      return make("li", {}, words, " ", make("button", { type: "button", onclick: reopen }, texts.open_now));
    }),
  );
}

addEventListener("beforeunload", (event) => {
  if (draft.dirty) event.preventDefault();
});

await load();
