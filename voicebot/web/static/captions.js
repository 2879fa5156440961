/** The conversation on the screen. */

const RIGHT_TO_LEFT = new Set(["ar"]);

export class Captions {
  /**
   * @param {HTMLOListElement} log
   * @param {{bot: string, caller: string, understood: string}} names who speaks, for screen readers
   */
  constructor(log, names) {
    this.log = log;
    this.names = names;
  }

  /** @param {{speaker: string, text: string, language: string}} caption */
  add({ speaker, text, language }) {
    if (!(speaker in this.names)) return;
    const item = document.createElement("li");
    item.className = speaker;
    if (language) {
      item.lang = language;
      item.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
    } else {
      item.dir = "auto";
    }
    const who = document.createElement("span");
    who.className = "who";
    who.lang = document.documentElement.lang;
    who.textContent = `${this.names[speaker]}: `;
    item.append(who, text);
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    this.log.append(item);
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  clear() {
    this.log.replaceChildren();
  }
}
