/** What the page asks of the switchboard. */

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Server {
  #csrf;
  #offline;

  constructor(csrf, offline) {
    this.#csrf = csrf;
    this.#offline = offline;
  }

  async get(path) {
    return (await this.#send(path, {})).json();
  }

  async post(path, body) {
    return (await this.#post(path, body)).json();
  }

  /** The answer as a sound file. */
  async sound(path, body) {
    return (await this.#post(path, body)).blob();
  }

  #post(path, body) {
    return this.#send(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": this.#csrf },
      body: JSON.stringify(body),
    });
  }

  async #send(path, options) {
    let answer;
    try {
      answer = await fetch(path, options);
    } catch {
      throw new Refused(0, this.#offline);
    }
    if (answer.status === 401) location.assign("/sign-in?next=/staff");
    if (!answer.ok) {
      const told = await answer.json().catch(() => ({}));
      throw new Refused(answer.status, told.message ?? `${answer.status}`);
    }
    return answer;
  }
}
