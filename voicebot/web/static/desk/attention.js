/** Reaches an operator who is looking at another window: the title, and a notification. */

export class Attention {
  constructor() {
    this.title = document.title;
    this.wanted = false;
  }

  /** @returns {Promise<boolean>} whether notifications may be shown */
  async allow() {
    if (!("Notification" in window)) return false;
    this.wanted = (await Notification.requestPermission()) === "granted";
    return this.wanted;
  }

  /** @param {string} title @param {string} text */
  call(title, text) {
    if (this.calling === text) return;
    this.calm();
    this.calling = text;
    document.title = `☎ ${title}`;
    if (!this.wanted || !document.hidden) return;
    this.notification = new Notification(title, { body: text, tag: "voicebot", renotify: true });
    this.notification.onclick = () => window.focus();
  }

  calm() {
    this.calling = undefined;
    document.title = this.title;
    this.notification?.close();
    this.notification = undefined;
  }
}
