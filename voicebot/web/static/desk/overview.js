/** The supervisor's overview. */

import { duration, setClock, showSince, tick } from "./clock.js";
import { element, fill, language } from "./lists.js";
import { Live } from "./live.js";
import { bars, legend, shares } from "./plots.js";

const config = JSON.parse(document.getElementById("config").textContent);
const texts = config.texts;
const part = (id) => document.getElementById(id);
const percent = new Intl.NumberFormat(config.language, { style: "percent" });

const share = (value) => (value === null ? "–" : percent.format(value));
const seconds = (value) => (value === null ? "–" : duration(value * 1000));
const office = (id) => config.offices[id] ?? id;

function cell(text, kind = "td") {
  return element(kind, String(text));
}

function since(moment) {
  const made = cell("");
  made.className = "time";
  showSince(made, moment);
  return made;
}

function showNow({ waiting, operators }) {
  const queues = waiting.map((one) =>
    element("tr", cell(office(one.office)), cell(language(one, config)), cell(one.count), since(one.longest)),
  );
  fill(part("queues"), queues);
  part("queues-empty").textContent = queues.length ? "" : texts.nobody_waits;
  part("count").textContent = waiting.reduce((sum, one) => sum + one.count, 0) || "";
  const rows = operators.map((one) => {
    const reason = texts.reasons[one.reason] ?? one.reason;
    const state = element("span", texts.states[one.state]);
    state.className = `badge ${one.state}`;
    const about = one.office ? `${office(one.office)}, ${language(one, config)}` : "";
    return element("tr", cell(one.name), element("td", state, " ", reason), since(one.since), cell(about));
  });
  fill(part("operators"), rows);
  part("operators-empty").textContent = rows.length ? "" : texts.nobody_else;
}

/** The sum behind a figure, in numbers. */
export function sums(all, target) {
  const whole = (value) => Math.round(value ?? 0);
  return {
    service_level: `${all.in_time} / ${all.offered} (≤ ${target} ${texts.seconds})`,
    speed_of_answer: `${whole(all.speed_of_answer * all.answered)} ${texts.seconds} / ${all.answered}`,
    abandonment: `${all.abandoned} / ${all.offered}`,
    longest_wait: "",
    talk: `${whole(all.talk * all.answered)} ${texts.seconds} / ${all.answered}`,
  };
}

function showToday(today) {
  const { all, target } = today;
  const known = sums(all, target);
  for (const [name, sum] of Object.entries(known)) {
    const write = name === "service_level" || name === "abandonment" ? share : seconds;
    part(name).textContent = write(all[name]);
    part(`${name}-sum`).textContent = all.offered ? sum : "";
  }
  showTable(part("by_office"), today.by_office, office);
  showTable(part("by_language"), today.by_language, (code) => texts.languages[code] ?? code);
  draw("plot-hours", today.by_hour, (hour) => `${hour}:00`, texts.by_hour);
}

function showTable(table, groups, named) {
  const rows = groups.map((one) => {
    const numbers = [one.offered, one.answered, one.abandoned, share(one.service_level)];
    numbers.push(seconds(one.speed_of_answer), share(one.abandonment), seconds(one.longest_wait));
    const head = cell(named(one.name), "th");
    head.scope = "row";
    return element("tr", head, ...numbers.map((number) => cell(number)));
  });
  fill(table, rows);
}

function draw(id, groups, named, label) {
  const words = [texts.in_time, texts.answered, texts.abandoned];
  const columns = groups.map((one) => ({
    name: named(one.name),
    parts: [one.in_time, one.answered - one.in_time, one.abandoned],
  }));
  if (columns.length) part(id).replaceChildren(bars(columns, words, label), legend(words));
  else part(id).textContent = texts.no_figures;
}

async function showDays() {
  const span = new URLSearchParams({ first: part("first").value, last: part("last").value });
  const response = await fetch(`/desk/supervisor/days?${span}`);
  const found = await response.json();
  part("span-problem").hidden = response.ok;
  if (!response.ok) return (part("span-problem").textContent = found.message);
  const format = new Intl.DateTimeFormat(config.language, { day: "numeric", month: "numeric" });
  const day = (name) => format.format(new Date(`${name}T12:00`));
  draw("plot-days", found, day, texts.by_day);
  const points = found.map((one) => ({ name: day(one.name), share: one.service_level }));
  part("plot-levels").replaceChildren(shares(points, texts.level_by_day));
  showTable(part("by_day"), found, day);
}

function daysBefore(day, count) {
  const date = new Date(`${day}T12:00Z`);
  date.setUTCDate(date.getUTCDate() - count);
  return date.toISOString().slice(0, 10);
}

const live = new Live({
  url: "/desk/supervisor/events",
  onSnapshot: (snapshot) => {
    showNow(snapshot);
    showToday(snapshot.today);
  },
  onTime: setClock,
  onLost: () => trouble(texts.lost),
  onBack: () => trouble(""),
  onOver: () => location.replace("/desk/supervisor"),
});

function trouble(text) {
  part("live").textContent = text;
  part("live").hidden = !text;
}

part("first").value = daysBefore(config.today, 29);
part("last").value = config.today;
part("span").addEventListener("change", showDays);
addEventListener("pagehide", () => live.stop());
setInterval(tick, 1000);
showDays();
live.start();
