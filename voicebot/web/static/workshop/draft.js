/** The files as loaded, and as staff are changing them. */

const copy = (value) => (value === undefined ? undefined : structuredClone(value));
const isTable = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

export class Draft {
  version = "";
  #loaded = {};
  #files = {};

  load(sheet) {
    this.version = sheet.version;
    this.#loaded = sheet.files;
    this.#files = copy(sheet.files);
  }

  discard() {
    this.#files = copy(this.#loaded);
  }

  /** What stands at a path of a file; undefined where nothing does. */
  get(file, path) {
    return path.reduce((at, part) => at?.[part], this.#files[file]);
  }

  /** Set it; undefined takes it away. Tables on the way are made. */
  set(file, path, value) {
    let at = this.#files[file];
    for (const part of path.slice(0, -1)) at = at[part] ??= {};
    const last = path.at(-1);
    if (value === undefined) delete at[last];
    else at[last] = value;
  }

  /** What differs from the files as loaded: by file, a list of paths and values. */
  changes() {
    const found = {};
    for (const [file, now] of Object.entries(this.#files)) {
      const list = differences(this.#loaded[file], now, []);
      if (list.length) found[file] = list;
    }
    return found;
  }

  get dirty() {
    return Object.keys(this.changes()).length > 0;
  }

  body(more = {}) {
    return { base: this.version, changes: this.changes(), ...more };
  }
}

function differences(before, now, path) {
  if (JSON.stringify(before) === JSON.stringify(now)) return [];
  if (!isTable(before) || !isTable(now) || !Object.keys(now).length) return [{ path, value: now ?? null }];
  const list = [];
  for (const key of Object.keys(now)) {
    if (key in before) list.push(...differences(before[key], now[key], [...path, key]));
    else list.push({ path: [...path, key], value: now[key] });
  }
  for (const key of Object.keys(before)) {
    if (!(key in now)) list.push({ path: [...path, key], value: null });
  }
  return list;
}
