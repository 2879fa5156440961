/** The standing line: open from the beginning, so that an accepted call is heard at once. */

import { CallProblem, VoiceCall } from "../call.js";
import { showLevel } from "../level.js";

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 10000;

export class Headset {
  /**
   * @param {{iceServers: RTCIceServer[], audio: HTMLAudioElement, meter: HTMLMeterElement,
   *          offer: (sdp: string) => Promise<string>, onChange: () => void}} options
   */
  constructor(options) {
    this.options = options;
    /** @type {"none" | "connecting" | "here"} */
    this.state = "none";
    /** Another window took it over: not to be taken back without being asked. */
    this.taken = false;
    this.problem = "";
    this.muted = false;
    this.failures = 0;
    this.stopLevel = () => {};
  }

  /** Whether connecting without being asked makes sense. */
  get willing() {
    return this.state === "none" && !this.taken && !this.waiting && !this.hopeless;
  }

  /** Until somebody does something about it, trying again is no use. */
  get hopeless() {
    return ["refused", "no_microphone", "insecure", "unsupported"].includes(this.problem);
  }

  async connect() {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.taken = false;
    this.change("connecting", "");
    const call = new VoiceCall({
      iceServers: this.options.iceServers,
      audio: this.options.audio,
      ring: this.options.offer,
      onMessage: () => {},
      onOpen: () => this.opened(call),
      onEnd: (problem) => this.ended(call, problem),
    });
    this.call = call;
    try {
      await call.open();
    } catch (error) {
      call.end(error instanceof CallProblem ? error : new CallProblem("unreachable"));
    }
  }

  opened(call) {
    if (call !== this.call) return;
    this.failures = 0;
    this.stopLevel = showLevel(call.stream, this.options.meter);
    call.mute(this.muted);
    this.change("here", "");
  }

  ended(call, problem) {
    if (call !== this.call) return;
    this.call = null;
    this.stopLevel();
    this.stopLevel = () => {};
    this.taken = !problem;
    if (problem) {
      const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures);
      this.failures += 1;
      this.waiting = setTimeout(() => {
        this.waiting = undefined;
        this.options.onChange();
      }, pause);
    }
    this.change("none", problem?.name ?? "");
  }

  mute(muted) {
    this.muted = muted;
    this.call?.mute(muted);
  }

  release() {
    this.call?.hangUp();
  }

  change(state, problem) {
    this.state = state;
    this.problem = problem;
    this.options.onChange();
  }
}
