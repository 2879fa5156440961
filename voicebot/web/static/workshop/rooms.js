/** The forms: of the town, and of each office. */

import { calendar, specialDays } from "./dates.js";
import { week } from "./hours.js";
import { dotted, field, group, lines, make } from "./make.js";

const FILE = "offices.yaml";

/** The form of the town. */
export function townForm(draft, config, changed) {
  const { texts } = config;
  return [
    inLanguages(draft, config, ["town"], texts.town, changed),
    text(draft, ["telephone"], texts.one_number, changed),
    list(draft, FILE, ["holidays", "open_anyway"], texts.open_anyway, changed),
    specialDays(draft, FILE, ["closures"], config, texts.town_closures, changed, false),
  ];
}

/** The form of one office. */
export function officeForm(draft, office, config, changed) {
  const { texts } = config;
  const at = ["offices", office];
  const month = calendar(draft, office, config);
  const anew = () => {
    month.show();
    changed();
  };
  const seasons = (draft.get(FILE, [...at, "seasons"]) ?? []).map((season, number) =>
    week(draft, FILE, [...at, "seasons", number, "hours"], texts, `${season.from} – ${season.to}`, anew),
  );
  return [
    make(
      "div",
      { className: "side-by-side" },
      week(draft, FILE, [...at, "hours"], texts, config.titles.hours, anew),
      month.element,
    ),
    ...seasons,
    specialDays(draft, FILE, [...at, "exceptions"], config, config.titles.exceptions, anew, true),
    inLanguages(draft, config, [...at, "names"], texts.names, changed),
    make(
      "div",
      { className: "pairs" },
      text(draft, [...at, "key"], texts.key, changed),
      text(draft, [...at, "telephone"], texts.telephone, changed),
      text(draft, [...at, "address"], texts.address, changed),
      appointment(draft, [...at, "appointment"], texts, changed),
      list(draft, FILE, [...at, "old_numbers"], texts.old_numbers, changed),
      list(draft, FILE, [...at, "areas", "quarters"], texts.quarters, changed),
      list(draft, FILE, [...at, "areas", "streets"], texts.streets, changed),
    ),
    inLanguages(draft, config, [...at, "directions"], texts.directions, changed, true),
    phrases(draft, office, config, changed),
  ];
}

function text(draft, path, label, changed) {
  const input = make("input", {
    type: "text",
    value: draft.get(FILE, path) ?? "",
    oninput: () => {
      draft.set(FILE, path, input.value);
      changed();
    },
  });
  return field(label, input, FILE, dotted(path));
}

function list(draft, file, path, label, changed) {
  const now = draft.get(file, path) ?? [];
  const input = make("textarea", {
    rows: Math.min(12, now.length + 1),
    value: now.join("\n"),
    oninput: () => {
      const given = lines(input.value);
      draft.set(file, path, given.length || draft.get(file, path) ? given : undefined);
      changed();
    },
  });
  return field(label, input, file, dotted(path));
}

function appointment(draft, path, texts, changed) {
  const now = draft.get(FILE, path);
  const options = Object.entries(texts.appointments).map(([value, words]) =>
    make("option", { value, selected: value === now }, words),
  );
  const input = make(
    "select",
    {
      onchange: () => {
        draft.set(FILE, path, input.value);
        changed();
      },
    },
    ...options,
  );
  return field(texts.appointment, input, FILE, dotted(path));
}

/** One text in each language, each with a button to hear it. */
function inLanguages(draft, config, path, title, changed, long = false) {
  const fields = config.languages.map(({ code, name, dir }) => {
    const here = [...path, code];
    const input = make(long ? "textarea" : "input", {
      lang: code,
      dir,
      value: draft.get(FILE, here) ?? "",
      oninput: () => {
        draft.set(FILE, here, input.value);
        changed();
      },
    });
    const holder = field(name, input, FILE, dotted(here));
    holder.append(
      make(
        "button",
        {
          type: "button",
          ariaLabel: `${config.texts.listen}: ${title}, ${name}`,
          onclick: () => config.listen(code, [input.value]),
        },
        config.texts.listen,
      ),
    );
    return holder;
  });
  return group(title, FILE, dotted(path), make("div", { className: "languages" }, ...fields));
}

/** What callers say for this office, language by language. */
function phrases(draft, office, config, changed) {
  const fields = config.languages.map(({ code, name, dir }) => {
    const file = `${code}.yaml`;
    const path = ["offices", office];
    const now = draft.get(file, path) ?? [];
    const input = make("textarea", {
      lang: code,
      dir,
      rows: Math.min(16, now.length + 1),
      value: now.join("\n"),
      oninput: () => {
        draft.set(file, path, lines(input.value));
        changed();
      },
    });
    return field(name, input, file, dotted(path));
  });
  const { texts } = config;
  return make("details", {}, make("summary", {}, texts.phrases), make("div", { className: "languages" }, ...fields));
}
