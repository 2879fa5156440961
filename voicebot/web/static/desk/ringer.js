/** The ring, made here: two soft tones, then quiet. */

const TONES_HZ = [660, 880];
const TONE_S = 0.35;
const ROUND_MS = 2400;
const LEVEL = 0.25;

export class Ringer {
  start() {
    if (this.timer) return;
    this.once();
    this.timer = setInterval(() => this.once(), ROUND_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  get ringing() {
    return this.timer !== undefined;
  }

  once() {
    const context = this.awake();
    TONES_HZ.forEach((hertz, index) => {
      const start = context.currentTime + 0.02 + index * TONE_S;
      const tone = new OscillatorNode(context, { frequency: hertz });
      const gain = new GainNode(context, { gain: 0 });
      gain.gain.setTargetAtTime(LEVEL, start, 0.02);
      gain.gain.setTargetAtTime(0, start + TONE_S * 0.7, 0.06);
      tone.connect(gain).connect(context.destination);
      tone.start(start);
      tone.stop(start + TONE_S * 2);
    });
  }

  /** Browsers let a page sound once somebody has used it: called at every use. */
  awake() {
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") this.context.resume();
    return this.context;
  }
}
