/** What the operator does, told to the switchboard. */

export class Refused extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const PATIENCE_MS = 10000;

export class Desk {
  /** @param {string} csrf */
  constructor(csrf) {
    this.csrf = csrf;
  }

  /** @param {object} action as the server names it, such as {do: "hold", held: true} */
  async act(action) {
    await this.post("/desk/do", action);
  }

  /** @param {string} sdp @param {string} window @returns {Promise<string>} the answer's SDP */
  async headset(sdp, window) {
    return (await (await this.post("/desk/headset", { sdp, window })).json()).sdp;
  }

  async post(path, body) {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": this.csrf },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (response.ok) return response;
    const { message } = await response.json().catch(() => ({}));
    throw new Refused(response.status, message ?? "");
  }
}
