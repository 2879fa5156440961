/** How things stand, from the switchboard as it changes; finds its way back when the network goes. */

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15000;

/** Two signs of life missed, and a little. */
const SILENCE_MS = 25000;

/** @param {number} failures @param {number} luck from 0 to 1, so that not all come back at once */
export function retryAfter(failures, luck) {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10));
  return longest * (0.5 + luck / 2);
}

/** Server-sent events out of pieces of text of any size. */
export class Events {
  constructor(onEvent) {
    this.onEvent = onEvent;
    this.rest = "";
  }

  /** @param {string} text */
  feed(text) {
    const blocks = (this.rest + text).split("\n\n");
    this.rest = blocks.pop();
    for (const block of blocks) {
      const fields = { event: "message", data: "" };
      for (const line of block.split("\n")) {
        const at = line.indexOf(": ");
        fields[line.slice(0, at)] = line.slice(at + 2);
      }
      this.onEvent(fields.event, fields.data);
    }
  }
}

export class Live {
  /**
   * @param {{url: string, onSnapshot: (snapshot: object) => void, onTime: (now: number) => void,
   *          onLost: () => void, onBack: () => void, onOver: () => void}} options
   */
  constructor(options) {
    this.options = options;
    this.failures = 0;
    this.stopped = false;
    addEventListener("online", () => this.again());
    // a laptop that was asleep does not wait for its next try
    document.addEventListener("visibilitychange", () => document.hidden || this.again());
  }

  async start() {
    while (!this.stopped) {
      try {
        await this.read();
      } catch {
        // whatever it was, the answer is to try again
      }
      if (this.stopped) return;
      this.failures += 1;
      if (this.failures === 2) this.options.onLost();
      await this.pause(retryAfter(this.failures - 1, Math.random()));
    }
  }

  stop() {
    this.stopped = true;
    this.abort?.abort();
    this.wake?.();
  }

  /** Try now rather than later. */
  again() {
    this.wake?.();
  }

  pause(milliseconds) {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, milliseconds);
    });
  }

  async read() {
    this.abort = new AbortController();
    const heard = () => {
      clearTimeout(this.silence);
      this.silence = setTimeout(() => this.abort.abort(), SILENCE_MS);
    };
    heard();
    try {
      const response = await fetch(this.options.url, { signal: this.abort.signal });
      if (response.status === 401 || response.status === 403) return this.over();
      if (!response.ok) return;
      const events = new Events((event, data) => this.take(event, data));
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        heard();
        events.feed(value);
      }
    } finally {
      clearTimeout(this.silence);
    }
  }

  take(event, data) {
    if (event === "over") return this.over();
    if (event === "beat") return this.options.onTime(Number(data));
    if (this.failures > 1) this.options.onBack();
    this.failures = 0;
    this.options.onSnapshot(JSON.parse(data));
  }

  over() {
    this.stop();
    this.options.onOver();
  }
}
