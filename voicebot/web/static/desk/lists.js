/** The queue, the missed and the colleagues, as rows. */

import { duration, showSince } from "./clock.js";

/** @param {string} tag @param {...(string | Node)} content */
export function element(tag, ...content) {
  const made = document.createElement(tag);
  made.append(...content);
  return made;
}

/** What else there is to know about one who waits. */
export function about(one, texts) {
  const parts = [];
  if (one.reason) parts.push(one.reason);
  if (one.asked) parts.push(`${texts.asked}: ${one.asked}`);
  if (one.call_back) parts.push(texts.call_back);
  if (one.offered) parts.push(texts.rings_elsewhere);
  return parts.join(" · ");
}

function waits(one) {
  const cell = element("td");
  cell.className = "time";
  showSince(cell, one.entered);
  return cell;
}

/** @param {HTMLTableElement} table */
export function showQueue(table, waiting, config) {
  const rows = waiting.map((one) => {
    const office = element("td", config.offices[one.office] ?? one.office);
    const more = element("small", about(one, config.texts));
    more.dir = "auto";
    office.append(more);
    const row = element("tr", office, element("td", language(one, config)), waits(one));
    row.dataset.ticket = one.id;
    return row;
  });
  fill(table, rows);
}

export function showMissed(table, missed, config) {
  const clock = new Intl.DateTimeFormat(config.language, { hour: "2-digit", minute: "2-digit" });
  const rows = missed.map((one) => {
    const cells = [clock.format(one.at), config.offices[one.office] ?? one.office];
    cells.push(language(one, config));
    cells.push(one.turned_away ? config.texts.turned_away : duration(one.waited));
    return element("tr", ...cells.map((text) => element("td", text)));
  });
  fill(table, rows);
}

/** @param {HTMLUListElement} list */
export function showColleagues(list, colleagues, texts) {
  const rows = colleagues.map(({ name, state }) => {
    const shown = element("span", texts.states[state]);
    shown.className = `badge ${state}`;
    return element("li", element("span", name), " ", shown);
  });
  list.replaceChildren(...rows);
}

/** @param {HTMLOptGroupElement} group */
export function showTargets(group, colleagues, texts) {
  const wanted = colleagues.map(({ id, name, state }) => [
    `operator:${id}`,
    `${name} (${texts.states[state]})`,
  ]);
  // an open list is not rebuilt under the operator's hand
  const shown = [...group.children].map((option) => [option.value, option.textContent]);
  if (JSON.stringify(shown) === JSON.stringify(wanted)) return;
  const select = group.closest("select");
  const chosen = select.value;
  group.replaceChildren(...wanted.map(([value, text]) => new Option(text, value)));
  if ([...select.options].some((option) => option.value === chosen)) select.value = chosen;
  group.hidden = !wanted.length;
}

export function language(one, config) {
  return config.texts.languages[one.language] ?? one.language;
}

export function fill(table, rows) {
  table.tBodies[0].replaceChildren(...rows);
  table.hidden = !rows.length;
}
