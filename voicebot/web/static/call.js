/** A call with sound: WebRTC, with keys, written words and captions on its data channel. */

const GATHERING_MS = 2000;
const RINGING_MS = 15000;
const DROPPED_MS = 5000;

/** The last message leaves before the connection is torn down. */
const PARTING_MS = 150;

/** How long a call that was hung up while it rang may take to tell the switchboard so. */
const LATE_PARTING_MS = 5000;

/** Something the caller can be told, by the name of its text. */
export class CallProblem extends Error {
  /** @param {string} name @param {string} [detail] what the switchboard itself said */
  constructor(name, detail = "") {
    super(name);
    this.name = name;
    this.detail = detail;
  }
}

export class VoiceCall {
  /**
   * @param {{iceServers: RTCIceServer[], audio: HTMLAudioElement,
   *          ring: (sdp: string) => Promise<string>,
   *          onMessage: (message: object) => void, onOpen: () => void,
   *          onEnd: (problem?: CallProblem) => void}} options
   */
  constructor(options) {
    this.options = options;
    this.ended = false;
    this.connected = false;
    this.unsent = [];
  }

  /** Ask for the microphone, then ring. Throws CallProblem. */
  async open() {
    this.stream = await microphone();
    if (this.ended) return this.stopMicrophone();
    this.peer = new RTCPeerConnection({ iceServers: this.options.iceServers });
    this.peer.addEventListener("track", ({ track }) => {
      if (!this.ended) this.options.audio.srcObject = new MediaStream([track]);
    });
    this.peer.addEventListener("connectionstatechange", () => this.watch());
    this.channel = this.peer.createDataChannel("switchboard");
    this.channel.addEventListener("open", () => this.flush());
    this.channel.addEventListener("message", ({ data }) => this.receive(data));
    this.channel.addEventListener("close", () => this.end(new CallProblem("dropped")));
    for (const track of this.stream.getTracks()) this.peer.addTrack(track, this.stream);
    await this.peer.setLocalDescription();
    await gathered(this.peer);
    if (this.ended) return this.free();
    const sdp = await this.options.ring(this.peer.localDescription.sdp);
    // a caller who hung up meanwhile still connects: the switchboard learns it at once
    if (this.peer.signalingState === "closed") return;
    await this.peer.setRemoteDescription({ type: "answer", sdp });
  }

  /** @param {object} message */
  send(message) {
    if (this.channel?.readyState === "open") this.channel.send(JSON.stringify(message));
    else this.unsent.push(message);
  }

  /** @param {boolean} muted */
  mute(muted) {
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = !muted;
  }

  hangUp() {
    if (this.ended) return;
    this.send({ hang_up: true });
    this.end();
  }

  flush() {
    for (const message of this.unsent.splice(0)) this.channel.send(JSON.stringify(message));
    if (this.ended) setTimeout(() => this.free(), PARTING_MS);
  }

  receive(data) {
    const message = JSON.parse(data);
    if (message.ended) this.end();
    else this.options.onMessage(message);
  }

  watch() {
    clearTimeout(this.dropping);
    if (this.ended) return;
    const state = this.peer.connectionState;
    if (state === "connected" && !this.connected) {
      this.connected = true;
      this.options.onOpen();
    } else if (state === "disconnected") {
      this.dropping = setTimeout(() => this.end(new CallProblem("dropped")), DROPPED_MS);
    } else if (state === "failed" || state === "closed") {
      this.end(new CallProblem(this.connected ? "dropped" : "unreachable"));
    }
  }

  /** @param {CallProblem} [problem] */
  end(problem) {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.dropping);
    this.stopMicrophone();
    this.options.audio.srcObject = null;
    const opening = !problem && this.channel?.readyState === "connecting";
    setTimeout(() => this.free(), opening ? LATE_PARTING_MS : PARTING_MS);
    this.options.onEnd(problem);
  }

  stopMicrophone() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
  }

  free() {
    this.peer?.close();
  }
}

async function microphone() {
  if (!navigator.mediaDevices?.getUserMedia || typeof RTCPeerConnection === "undefined") {
    throw new CallProblem(window.isSecureContext ? "unsupported" : "insecure");
  }
  const audio = {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    channelCount: 1,
  };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    if (error.name === "NotAllowedError" || error.name === "SecurityError") {
      throw new CallProblem("refused");
    }
    throw new CallProblem(error.name === "NotFoundError" ? "no_microphone" : "microphone_busy");
  }
}

function gathered(peer) {
  return new Promise((resolve) => {
    const done = () => peer.iceGatheringState === "complete" && resolve();
    peer.addEventListener("icegatheringstatechange", done);
    setTimeout(resolve, GATHERING_MS);
    done();
  });
}

/** Ask the switchboard for a call; the answer's SDP. Throws CallProblem. */
export async function ring(sdp, office) {
  let response;
  try {
    response = await fetch("/api/calls", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ sdp, office }),
      signal: AbortSignal.timeout(RINGING_MS),
    });
  } catch {
    throw new CallProblem("unreachable");
  }
  if (response.status === 503) throw new CallProblem("busy");
  if (!response.ok) throw new CallProblem("unreachable");
  return (await response.json()).sdp;
}
