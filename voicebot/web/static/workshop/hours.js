/** Openings: a week as a grid, and those of one day. */

import { dotted, field, group, make } from "./make.js";

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** The openings of one day, as `["08:30-13:00"]`; `change` is told the new list. */
export function openings(spans, texts, name, change) {
  const list = make("ul", { className: "openings" });
  const told = () => {
    change(
      [...list.querySelectorAll("li")].map((row) =>
        [...row.querySelectorAll("input")].map((input) => input.value).join("-"),
      ),
    );
  };
  const row = (span) => {
    const [opens = "", closes = ""] = span.split("-");
    const time = (value, label) =>
      make("input", { type: "time", value, ariaLabel: `${name}, ${label}`, onchange: told });
    const item = make(
      "li",
      {},
      time(opens, texts.opens),
      make("span", { ariaHidden: "true" }, "–"),
      time(closes, texts.closes),
      make(
        "button",
        {
          type: "button",
          ariaLabel: `${texts.remove}: ${name} ${span}`,
          onclick: () => {
            item.remove();
            told();
            add.focus();
          },
        },
        "×",
      ),
    );
    return item;
  };
  list.append(...spans.map(row));
  const add = make(
    "button",
    {
      type: "button",
      ariaLabel: `${texts.add_opening}: ${name}`,
      onclick: () => {
        const item = row("");
        list.append(item);
        item.querySelector("input").focus();
      },
    },
    "+",
  );
  return make("div", { className: "day-openings" }, list, add);
}

/** The week of an office. */
export function week(draft, file, path, texts, title, changed) {
  const days = DAYS.map((day) => {
    const here = [...path, day];
    const spans = draft.get(file, here) ?? [];
    const editor = openings(spans, texts, texts.days[day], (now) => {
      draft.set(file, here, now.length ? now : undefined);
      row.classList.toggle("closed", !now.length);
      changed();
    });
    const row = make(
      "div",
      { className: spans.length ? "day" : "day closed" },
      make("span", { className: "day-name" }, texts.days[day]),
      editor,
      make("span", { className: "day-closed" }, texts.closed),
      make("p", { className: "fault", hidden: true }),
    );
    row.dataset.file = file;
    row.dataset.key = dotted(here);
    return row;
  });
  return group(title, file, dotted(path), make("div", { className: "week" }, ...days));
}
