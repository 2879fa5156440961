/** The caller who is offered, or whom she talks with. */

import { duration, showSince, showUntil } from "./clock.js";
import { language } from "./lists.js";

const part = (id) => document.getElementById(id);

/** Which of its faces the card shows: none, offer, asked, connecting, talk, held or wrap_up. */
export function face(snapshot) {
  const { state, call } = snapshot;
  if (!call) return "none";
  if (state === "ringing") return "offer";
  if (state === "wrap_up") return "wrap_up";
  if (state !== "busy") return "none";
  if (snapshot.asked) return "asked";
  if (call.on_hold) return "held";
  return call.connected ? "talk" : "connecting";
}

/** One line that says who it is, for the title and for screen readers. */
export function summary(call, config) {
  const office = config.offices[call.office] ?? call.office;
  return [office, language(call, config), call.reason, call.asked].filter(Boolean).join(", ");
}

const TITLES = {
  none: "no_call",
  offer: "rings",
  asked: "asked_you",
  connecting: "connecting",
  talk: "in_call",
  held: "on_hold",
  wrap_up: "wrap_up",
};

export function showCall(snapshot, config) {
  const { call } = snapshot;
  const now = face(snapshot);
  part("call").dataset.state = now;
  part("call-title").textContent = config.texts[TITLES[now]];
  part("empty").textContent =
    now === "none" && snapshot.state === "available" ? config.texts.wait_for_call : "";
  part("about").hidden = now === "none";
  part("offer").hidden = now !== "offer";
  part("accept").hidden = Boolean(snapshot.phone);
  part("on-phone").hidden = !snapshot.phone;
  showTalk(snapshot, now, config);
  part("notes").hidden = !["talk", "held", "connecting", "wrap_up"].includes(now);
  showUntil(part("deadline"), now === "offer" ? call.deadline : null);
  if (now !== "none") showAbout(call, now, config);
}

/** What can be done in a conversation; less while a colleague is asked, or by her. */
function showTalk(snapshot, now, config) {
  const asking = Boolean(snapshot.consults) && !snapshot.asked;
  part("talk").hidden = !["talk", "held", "connecting", "asked"].includes(now);
  part("hold").hidden = now === "asked" || asking;
  part("transfer").hidden = now === "asked" || asking;
  part("keypad").hidden = now === "asked" || asking;
  part("consulting").hidden = !asking;
  const who = snapshot.consults ? `${config.texts.with} ${snapshot.consults}` : "";
  part("with").textContent = who;
  part("with").hidden = !who;
}

function showAbout(call, now, config) {
  part("about-office").textContent = config.offices[call.office] ?? call.office;
  part("about-language").textContent = language(call, config);
  showSince(part("about-entered"), call.connected ? null : call.entered);
  if (call.connected) part("about-entered").textContent = duration(call.connected - call.entered);
  for (const name of ["asked", "reason", "number"]) {
    part(`row-${name}`).hidden = !call[name];
    part(`about-${name}`).textContent = call[name] ?? "";
  }
  const talking = call.connected && now !== "wrap_up";
  part("row-time").hidden = !talking;
  showSince(part("about-time"), talking ? call.connected : null);
  const link = part("link");
  link.hidden = !call.link;
  if (call.link) link.href = call.link;
  else link.removeAttribute("href");
  const hold = part("hold");
  hold.setAttribute("aria-pressed", String(call.on_hold));
  hold.textContent = call.on_hold ? config.texts.unhold : config.texts.hold;
}
