/** A call without sound: the same messages over a WebSocket. */

import { CallProblem } from "./call.js";

const BUSY = 1013;

export class WrittenCall {
  /**
   * @param {{office: string | null, onMessage: (message: object) => void, onOpen: () => void,
   *          onEnd: (problem?: CallProblem) => void}} options
   */
  constructor(options) {
    this.options = options;
    this.ended = false;
    this.connected = false;
    this.unsent = [];
  }

  async open() {
    const url = new URL("/api/text", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    if (this.options.office) url.searchParams.set("office", this.options.office);
    this.socket = new WebSocket(url);
    this.socket.addEventListener("open", () => {
      this.connected = true;
      for (const message of this.unsent.splice(0)) this.socket.send(JSON.stringify(message));
      this.options.onOpen();
    });
    this.socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data);
      if (message.ended) this.end();
      else this.options.onMessage(message);
    });
    this.socket.addEventListener("close", ({ code }) => {
      const lost = this.connected ? "dropped" : "unreachable";
      this.end(new CallProblem(code === BUSY ? "busy" : lost));
    });
  }

  /** @param {object} message */
  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
    else this.unsent.push(message);
  }

  hangUp() {
    if (this.ended) return;
    this.send({ hang_up: true });
    this.end();
  }

  /** @param {CallProblem} [problem] */
  end(problem) {
    if (this.ended) return;
    this.ended = true;
    this.socket?.close();
    this.options.onEnd(problem);
  }
}
