/** Durations that go on by themselves, by the switchboard's clock. */

let ahead = 0;

/** @param {number} now milliseconds since 1970, by the switchboard */
export function setClock(now) {
  ahead = now - Date.now();
}

export function now() {
  return Date.now() + ahead;
}

/** @param {number} milliseconds */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** @param {HTMLElement} element @param {number | null} since milliseconds; null for nothing */
export function showSince(element, since) {
  if (since === null) {
    delete element.dataset.since;
    element.textContent = "";
  } else {
    element.dataset.since = String(since);
    element.textContent = duration(now() - since);
  }
}

/** @param {HTMLElement} element @param {number | null} until counts down to it */
export function showUntil(element, until) {
  if (until === null) {
    delete element.dataset.until;
    element.textContent = "";
  } else {
    element.dataset.until = String(until);
    element.textContent = duration(until - now());
  }
}

export function tick(root = document) {
  for (const element of root.querySelectorAll("[data-since]")) {
    element.textContent = duration(now() - Number(element.dataset.since));
  }
  for (const element of root.querySelectorAll("[data-until]")) {
    element.textContent = duration(Number(element.dataset.until) - now());
  }
}
