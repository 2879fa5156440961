/** Elements of the page, made by script. */

let made = 0;

/** A new id. */
export const id = () => `f${++made}`;

/** An element with its properties and children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A labelled field, with a place for what is wrong in it. `key` is as the check names it. */
export function field(label, input, file, key) {
  input.id ||= id();
  const fault = make("p", { className: "fault", id: `${input.id}-fault`, hidden: true });
  input.setAttribute("aria-describedby", fault.id);
  const holder = make("div", { className: "field" }, make("label", { htmlFor: input.id }, label), input, fault);
  holder.dataset.file = file;
  holder.dataset.key = key;
  return holder;
}

/** A group of fields of which the check may name any. */
export function group(title, file, key, ...children) {
  const fault = make("p", { className: "fault", hidden: true });
  const set = make("fieldset", {}, make("legend", {}, title), fault, ...children);
  set.dataset.file = file;
  set.dataset.key = key;
  return set;
}

/** A key as the check writes it: `offices.polo-1.hours.monday[0]`. */
export const dotted = (path) =>
  path.reduce((text, part) => (typeof part === "number" ? `${text}[${part}]` : text ? `${text}.${part}` : part), "");

/** The lines of a text field, without empty ones. */
export const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
