/** The conversation on the screen. */

const RIGHT_TO_LEFT = new Set(["ar"]);

export class Captions {
  /**
   * @param {HTMLElement} log
   * @param {{bot: string, caller: string, understood: string}} names who speaks
   */
  constructor(log, names) {
    this.log = log;
    this.names = names;
  }

  /** @param {{speaker: string, text: string, language: string}} caption */
  add({ speaker, text, language }) {
    if (!Object.hasOwn(this.names, speaker)) return;
    const who = document.createElement("span");
    who.className = "who";
    who.textContent = `${this.names[speaker]}: `;
    // the words have their own language and direction; their place follows the page
    const said = document.createElement("span");
    said.className = "said";
    if (language) said.lang = language;
    said.dir = language ? (RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr") : "auto";
    said.textContent = text;
    const item = document.createElement("p");
    item.className = speaker;
    item.append(who, said);
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    this.log.append(item);
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  clear() {
    this.log.replaceChildren();
  }
}
