/** Days that are not as usual: a list, and a month in which they show. */

import { DAYS, openings } from "./hours.js";
import { dotted, field, group, make } from "./make.js";

const first = (entry) => entry.date ?? entry.from ?? "";
const last = (entry) => entry.date ?? entry.to ?? "";

/** The list of exceptions of an office, or of the closures of the town. */
export function specialDays(draft, file, path, config, title, changed, withHours) {
  const { texts, languages } = config;
  const holder = make("div", { className: "special-days" });
  const read = () => draft.get(file, path) ?? [];
  const write = (entries) => {
    draft.set(file, path, entries.length || read().length ? entries : undefined);
    changed();
  };
  const show = () => {
    holder.replaceChildren(
      ...read().map((entry, number) => one(entry, number)),
      make("button", { type: "button", onclick: add }, texts.add_days),
    );
  };
  const add = () => {
    write([...read(), withHours ? { date: "", closed: true } : { date: "" }]);
    show();
    holder.querySelector(".special:last-of-type input")?.focus();
  };
  const change = (number, entry) => write(read().map((old, place) => (place === number ? entry : old)));

  function one(entry, number) {
    const here = dotted([...path, number]);
    const put = (more) => change(number, ordered({ ...read()[number], ...more }));
    const dates = () => {
      const from = begin.value;
      const to = end.value || from;
      const { date, from: _from, to: _to, ...rest } = read()[number];
      change(number, from === to ? { date: from, ...rest } : { from, to, ...rest });
    };
    const begin = make("input", { type: "date", value: first(entry), onchange: dates });
    const end = make("input", { type: "date", value: last(entry), onchange: dates });
    const reasons = languages.map(({ code, name, dir }) =>
      field(
        name,
        make("input", {
          type: "text",
          lang: code,
          dir,
          value: entry.reason?.[code] ?? "",
          onchange: (event) => {
            const reason = { ...read()[number].reason, [code]: event.target.value };
            const given = Object.fromEntries(Object.entries(reason).filter(([, text]) => text));
            put({ reason: Object.keys(given).length ? given : undefined });
          },
        }),
        file,
        `${here}.reason.${code}`,
      ),
    );
    return group(
      `${first(entry) || "…"}${last(entry) !== first(entry) ? ` – ${last(entry)}` : ""}`,
      file,
      here,
      make(
        "div",
        { className: "row" },
        field(texts.from, begin, file, `${here}.from`),
        field(texts.to, end, file, `${here}.to`),
        make(
          "button",
          {
            type: "button",
            onclick: () => {
              write(read().filter((_, place) => place !== number));
              show();
            },
          },
          texts.remove,
        ),
      ),
      withHours ? hoursOf(entry, number, put) : null,
      make("details", {}, make("summary", {}, texts.reason), make("div", { className: "languages" }, ...reasons)),
    );
  }

  function hoursOf(entry, number, put) {
    const editor = openings(entry.hours ?? [], texts, first(entry), (spans) => put({ hours: spans, closed: undefined }));
    editor.hidden = !entry.hours;
    const choice = make(
      "select",
      {
        onchange: () => {
          editor.hidden = choice.value === "closed";
          put(choice.value === "closed" ? { closed: true, hours: undefined } : { closed: undefined, hours: [] });
        },
      },
      make("option", { value: "closed" }, texts.closed_then),
      make("option", { value: "open", selected: Boolean(entry.hours) }, texts.open_then),
    );
    choice.ariaLabel = first(entry) || texts.add_days;
    return make("div", { className: "row" }, choice, editor);
  }

  show();
  holder.classList.add("special-list");
  return group(title, file, dotted(path), holder);
}

function ordered(entry) {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}

/** A month of an office: which days are open, changed, closed. */
export function calendar(draft, office, config) {
  const { texts, language } = config;
  let month = new Date();
  month = new Date(month.getFullYear(), month.getMonth(), 1);
  const title = make("p", { className: "month", role: "status" });
  const body = make("tbody");
  const show = () => {
    title.textContent = month.toLocaleDateString(language, { month: "long", year: "numeric" });
    const weeks = [];
    const day = new Date(month);
    day.setDate(1 - ((day.getDay() + 6) % 7));
    do {
      const row = make("tr");
      for (let place = 0; place < 7; place += 1) {
        row.append(cell(day));
        day.setDate(day.getDate() + 1);
      }
      weeks.push(row);
    } while (day.getMonth() === month.getMonth());
    body.replaceChildren(...weeks);
  };
  const cell = (day) => {
    if (day.getMonth() !== month.getMonth()) return make("td");
    const { kind, spans } = dayOf(draft, office, iso(day));
    const words = { open: texts.open_day, changed: texts.changed_day, closed: texts.closed_day }[kind];
    return make(
      "td",
      { className: kind, title: spans.join(", ") || words },
      `${day.getDate()}`,
      make("span", { className: "unseen" }, ` ${words} ${spans.join(", ")}`),
    );
  };
  const step = (by) => () => {
    month = new Date(month.getFullYear(), month.getMonth() + by, 1);
    show();
  };
  show();
  const names = DAYS.map((day) => make("th", { scope: "col", abbr: texts.days[day] }, texts.days[day].slice(0, 2)));
  const element = make(
    "section",
    { className: "calendar", ariaLabel: texts.calendar },
    make(
      "div",
      { className: "row" },
      make("button", { type: "button", ariaLabel: texts.earlier, onclick: step(-1) }, "‹"),
      title,
      make("button", { type: "button", ariaLabel: texts.later, onclick: step(1) }, "›"),
    ),
    make("table", {}, make("thead", {}, make("tr", {}, ...names)), body),
  );
  return { element, show };
}

const iso = (day) =>
  `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;

/** What the files say of a day; public holidays are the check's and the preview's to tell. */
function dayOf(draft, office, day) {
  const holds = (entry) => first(entry) <= day && day <= last(entry);
  const exception = (draft.get("offices.yaml", ["offices", office, "exceptions"]) ?? []).find(holds);
  if (exception) {
    const spans = exception.hours ?? [];
    return { kind: spans.length ? "changed" : "closed", spans };
  }
  if ((draft.get("offices.yaml", ["closures"]) ?? []).some(holds)) return { kind: "closed", spans: [] };
  const name = DAYS[(new Date(`${day}T12:00`).getDay() + 6) % 7];
  const season = (draft.get("offices.yaml", ["offices", office, "seasons"]) ?? []).find((entry) => {
    const at = day.slice(5);
    return entry.from <= entry.to ? entry.from <= at && at <= entry.to : at >= entry.from || at <= entry.to;
  });
  const spans = (season?.hours ?? draft.get("offices.yaml", ["offices", office, "hours"]) ?? {})[name] ?? [];
  return { kind: spans.length ? "open" : "closed", spans };
}
