/** The operator's desk: what arrives is shown, what she does is told. */

import { Desk } from "./ask.js";
import { Attention } from "./attention.js";
import { face, showCall, summary } from "./callcard.js";
import { setClock, showSince, tick } from "./clock.js";
import { Headset } from "./headset.js";
import { showColleagues, showMissed, showQueue, showTargets } from "./lists.js";
import { Live } from "./live.js";
import { Notes } from "./notes.js";
import { Ringer } from "./ringer.js";

const config = JSON.parse(document.getElementById("config").textContent);
const texts = config.texts;
const part = (id) => document.getElementById(id);

const desk = new Desk(config.csrf);
const ringer = new Ringer();
const attention = new Attention();
const notes = new Notes(part("note"));
const me = windowName();

/** @type {any} how things stand */
let shown = null;
let announced = "";

const headset = new Headset({
  iceServers: config.iceServers,
  audio: part("voice"),
  meter: part("level"),
  offer: (sdp) => desk.headset(sdp, me),
  onChange: () => showHeadset(),
});

const live = new Live({
  url: "/desk/events",
  onSnapshot: show,
  onTime: setClock,
  onLost: () => trouble(texts.live.lost),
  onBack: () => {
    trouble("");
    say(texts.live.back);
  },
  onOver: () => location.replace("/desk"),
});

/** The same over a reload, so that the headset finds back to its window. */
function windowName() {
  const known = sessionStorage.getItem("window");
  if (known) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  const made = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  sessionStorage.setItem("window", made);
  return made;
}

function show(snapshot) {
  shown = snapshot;
  document.body.dataset.state = snapshot.state;
  part("state").textContent = texts.states[snapshot.state];
  part("reason").textContent = texts.reasons[snapshot.reason] ?? snapshot.reason;
  showSince(part("since"), snapshot.since);
  part("ready").hidden = !["paused", "wrap_up"].includes(snapshot.state);
  part("ready").textContent = snapshot.state === "wrap_up" ? texts.done : texts.take_calls;
  part("pause").hidden = ["busy", "paused"].includes(snapshot.state);
  showCall(snapshot, config);
  showQueue(part("queue"), snapshot.waiting, config);
  part("queue-empty").textContent = snapshot.waiting.length ? "" : texts.nobody_waits;
  part("count").textContent = snapshot.waiting.length || "";
  showColleagues(part("colleagues"), snapshot.colleagues, texts);
  part("alone").textContent = snapshot.colleagues.length ? "" : texts.nobody_else;
  showTargets(part("transfer-colleagues"), snapshot.colleagues, texts);
  showConsult();
  showPast(snapshot.missed);
  if (part("device")) part("device").value = snapshot.phone ?? "";
  const withNotes = ["busy", "wrap_up"].includes(snapshot.state) && snapshot.call;
  notes.show(withNotes ? snapshot.call.id : null);
  alarm(snapshot);
  announce(snapshot);
  showHeadset();
}

function showPast(missed) {
  const table = part("missed").querySelector("table");
  showMissed(table, missed, config);
  part("missed-count").textContent = missed.length || "";
  part("missed-empty").textContent = missed.length ? "" : texts.nobody_missed;
}

/** Only a colleague can be asked, not an office. */
function showConsult() {
  part("consult").disabled = !part("transfer-to").value.startsWith("operator:");
}

function alarm(snapshot) {
  if (face(snapshot) !== "offer") {
    ringer.stop();
    return attention.calm();
  }
  const here = snapshot.window === me;
  // a desk telephone rings by itself, and one window's ring is enough
  if (here && !snapshot.phone) ringer.start();
  attention.call(texts.rings, summary(snapshot.call, config));
}

function announce(snapshot) {
  const now = face(snapshot);
  const what = `${snapshot.state} ${now} ${snapshot.call?.id}`;
  if (what === announced) return;
  announced = what;
  if (now === "offer") {
    part("say-now").textContent = `${texts.rings}: ${summary(snapshot.call, config)}`;
  } else {
    part("say-now").textContent = "";
    say(now === "none" ? texts.states[snapshot.state] : part("call-title").textContent);
  }
}

function showHeadset() {
  if (!shown) return;
  const elsewhere = shown.window !== null && shown.window !== me;
  // the window that had taken it over is closed
  if (shown.window === null) headset.taken = false;
  if (!shown.phone && !elsewhere && headset.willing) headset.connect();
  const state = headset.state === "none" && elsewhere ? "elsewhere" : headset.state;
  part("headset").textContent = shown.phone ? "" : texts.headset[state];
  part("use-here").hidden = Boolean(shown.phone) || headset.state !== "none";
  part("level").hidden = headset.state !== "here";
  part("mute").hidden = headset.state !== "here" || Boolean(shown.phone);
  const problem = part("headset-problem");
  problem.hidden = !headset.problem || elsewhere || Boolean(shown.phone);
  problem.textContent = texts.problems[headset.problem] ?? "";
  part("ready").disabled = !shown.reachable || headset.state === "connecting";
}

function say(text) {
  part("say").textContent = text;
}

function trouble(text) {
  part("live").textContent = text;
  part("live").hidden = !text;
}

/** Tell the switchboard; what it refuses is shown. */
async function act(action) {
  ringer.awake();
  trouble("");
  try {
    await desk.act(action);
  } catch (error) {
    if (error.status === 401) location.replace("/sign-in?next=/desk");
    else trouble([texts.failed, error.status ? error.message : ""].join(" "));
  }
}

function mute(muted) {
  headset.mute(muted);
  part("mute").setAttribute("aria-pressed", String(muted));
  part("mute").textContent = muted ? texts.unmute : texts.mute;
}

const rings = () => shown?.state === "ringing";
const accept = () => rings() && !shown.phone && act({ do: "accept", token: shown.call.token });
const decline = () => rings() && act({ do: "decline", token: shown.call.token });

part("ready").addEventListener("click", () => act({ do: "ready" }));
part("pause").addEventListener("submit", (event) => {
  event.preventDefault();
  act({ do: "pause", reason: part("pause-reason").value });
});
part("accept").addEventListener("click", accept);
part("decline").addEventListener("click", decline);
part("hang-up").addEventListener("click", () => act({ do: "hang_up" }));
part("hold").addEventListener("click", () => act({ do: "hold", held: !shown.call.on_hold }));
part("mute").addEventListener("click", () => mute(!headset.muted));
part("transfer").addEventListener("submit", (event) => {
  event.preventDefault();
  const [kind, id] = part("transfer-to").value.split(/:(.*)/);
  if (id) act({ do: "transfer", [kind]: id });
});
part("transfer-to").addEventListener("change", showConsult);
part("consult").addEventListener("click", () => {
  act({ do: "consult", operator: part("transfer-to").value.replace("operator:", "") });
});
part("complete").addEventListener("click", () => act({ do: "complete" }));
part("back").addEventListener("click", () => act({ do: "back" }));
for (const button of document.querySelectorAll("[data-key]")) {
  button.addEventListener("click", () => act({ do: "keys", digits: button.dataset.key }));
}
part("device")?.addEventListener("change", ({ target }) => {
  act({ do: "phone", target: target.value || null });
});
part("use-here").addEventListener("click", () => headset.connect());
part("try-ring").addEventListener("click", () => ringer.once());
part("notify").addEventListener("change", async ({ target }) => {
  if (target.checked) target.checked = await attention.allow();
  else attention.wanted = false;
});
part("copy").addEventListener("click", () => navigator.clipboard?.writeText(part("note").value));

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
  if (event.code !== "KeyA" && event.code !== "KeyR") return;
  event.preventDefault();
  if (event.code === "KeyA") accept();
  else decline();
});
addEventListener("pagehide", () => {
  live.stop();
  headset.release();
});
// a page out of the browser's cache has lost its line
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

setInterval(tick, 1000);
live.start();
