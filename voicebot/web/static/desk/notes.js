/** Notes on the caller: in this window only, and gone when the wrap-up ends. */

const KEY = "note";

export class Notes {
  /** @param {HTMLTextAreaElement} field @param {Storage} storage */
  constructor(field, storage = sessionStorage) {
    this.field = field;
    this.storage = storage;
    this.ticket = null;
    field.addEventListener("input", () => this.keep());
  }

  /** @param {number | null} ticket whose notes are shown; null when there is no caller */
  show(ticket) {
    if (ticket === this.ticket) return;
    this.ticket = ticket;
    const kept = this.kept();
    this.field.value = ticket !== null && kept?.ticket === ticket ? kept.text : "";
    if (ticket === null || kept?.ticket !== ticket) this.storage.removeItem(KEY);
  }

  keep() {
    if (this.ticket === null) return;
    this.storage.setItem(KEY, JSON.stringify({ ticket: this.ticket, text: this.field.value }));
  }

  kept() {
    try {
      return JSON.parse(this.storage.getItem(KEY));
    } catch {
      return null;
    }
  }
}
